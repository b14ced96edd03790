"""When a schedule is due, also on the days the clocks change: neither twice nor never."""

import datetime as dt
import zoneinfo
from itertools import islice, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deliveries.moments import moments_after

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"


def due_between(cron: str, zone: str, first: str, last: str) -> list[str]:
    start, end = (dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC) for day in (first, last))
    local = zoneinfo.ZoneInfo(zone)
    found = takewhile(lambda moment: moment < end, moments_after(cron, zone, start))
    return [f"{moment:%d %H:%M}Z {moment.astimezone(local):%H:%M}" for moment in found]


def test_a_time_the_clocks_jump_over_is_due_right_after_the_jump() -> None:
    assert due_between("30 2 * * *", BERLIN, "2026-03-28", "2026-03-31") == [
        "28 01:30Z 02:30",
        "29 01:00Z 03:00",
        "30 00:30Z 02:30",
    ]


def test_a_time_that_comes_twice_is_due_the_first_time() -> None:
    assert due_between("30 2 * * *", BERLIN, "2026-10-24", "2026-10-27") == [
        "24 00:30Z 02:30",
        "25 00:30Z 02:30",
        "26 01:30Z 02:30",
    ]
    assert due_between("30 1 * * *", NEW_YORK, "2026-11-01", "2026-11-02") == ["01 05:30Z 01:30"]


def test_what_is_due_every_quarter_of_an_hour_goes_on_through_the_change() -> None:
    assert len(due_between("*/15 * * * *", BERLIN, "2026-10-25", "2026-10-26")) == 96 - 1
    assert len(due_between("*/15 * * * *", BERLIN, "2026-03-29", "2026-03-30")) == 96 - 1


@given(
    zone=st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, "America/Sao_Paulo", "Africa/Casablanca", "UTC"]),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    year=st.integers(2024, 2030),
)
def test_a_daily_time_is_due_once_on_each_local_day_of_a_year(zone: str, hour: int, minute: int, year: int) -> None:
    local = zoneinfo.ZoneInfo(zone)
    start = dt.datetime(year, 1, 1, tzinfo=local).astimezone(dt.UTC) - dt.timedelta(seconds=1)
    days = (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days
    found = list(islice(moments_after(f"{minute} {hour} * * *", zone, start), days))
    due_on = [moment.astimezone(local).date() for moment in found]
    assert due_on == [dt.date(year, 1, 1) + dt.timedelta(days=number) for number in range(days)]


@pytest.mark.parametrize("cron", ["0 8 * * mon", "0 8 * * 1", "0 8 * * MON"])
def test_mondays_are_mondays(cron: str) -> None:
    start = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    found = list(islice(moments_after(cron, "UTC", start), 3))
    assert [moment.date().isoformat() for moment in found] == ["2026-11-30", "2026-12-07", "2026-12-14"]
