"""The demo's calendar."""

import datetime as dt

import numpy as np
import pytest

from demo import days


def number(text: str) -> int:
    return days.day_number(dt.date.fromisoformat(text))


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        ("2025-01-01", "2025-01-01", "2025-03-31"),
        ("2024-02-29", "2024-01-01", "2024-03-31"),
        ("2026-09-30", "2026-07-01", "2026-09-30"),
        ("2026-11-20", "2026-10-01", "2026-12-31"),
    ],
)
def test_quarter_runs_from_its_first_to_its_last_day(day: str, start: str, end: str) -> None:
    assert (days.quarter_start(number(day)), days.quarter_end(number(day))) == (number(start), number(end))


def test_working_day_passes_weekends_and_holidays() -> None:
    assert days.working_day(number("2025-12-24")) == number("2025-12-29")
    assert days.last_working_day(number("2025-12-28")) == number("2025-12-23")


def test_month_after_december_is_january() -> None:
    assert days.next_month(number("2025-12-31")) == number("2026-01-01")


def test_anniversary_of_a_leap_day_is_the_28th() -> None:
    assert days.anniversary(number("2024-02-29"), 2) == number("2026-02-28")


def test_next_working_days_never_pass_today() -> None:
    week = np.array([number("2026-11-14"), number("2026-11-20")])
    assert days.next_working(week).tolist() == [number("2026-11-16"), number("2026-11-20")]


def test_moment_follows_the_zone_through_the_change_of_clocks() -> None:
    before_and_after = np.array([number("2026-03-27"), number("2026-03-30")])
    found = days.moments(before_and_after, np.zeros(2), zone="Europe/Berlin", opens=8.0, closes=18.0)
    assert [dt.datetime.fromtimestamp(moment // 1_000_000, dt.UTC).hour for moment in found.tolist()] == [7, 6]
