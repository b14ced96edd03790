"""Time on an axis: grains inferred, periods in words, ticks on calendar boundaries."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts.periods import day_number, infer_grain, moment_at, period_text, short_period_text, time_ticks
from charts.spec import Grain

DAY = dt.date(2026, 11, 2)


def days(*dates: dt.date) -> list[float]:
    return [day_number(date) for date in dates]


@pytest.mark.parametrize(
    ("dates", "grain"),
    [
        ((dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)), Grain.MONTH),
        ((dt.date(2026, 1, 1), dt.date(2026, 4, 1), dt.date(2026, 10, 1)), Grain.QUARTER),
        ((dt.date(2026, 2, 1), dt.date(2026, 5, 1)), Grain.QUARTER),
        ((dt.date(2024, 1, 1), dt.date(2026, 1, 1)), Grain.YEAR),
        ((dt.date(2026, 11, 2), dt.date(2026, 11, 9), dt.date(2026, 11, 23)), Grain.WEEK),
        ((dt.date(2026, 11, 2), dt.date(2026, 11, 3)), Grain.DAY),
        ((dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC), dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC)), Grain.HOUR),
        ((dt.date(2026, 11, 1),), Grain.DAY),
    ],
)
def test_the_grain_is_inferred_from_distances(dates: tuple[dt.date, ...], grain: Grain) -> None:
    assert infer_grain(days(*dates)) is grain


@pytest.mark.parametrize(
    ("grain", "text", "short"),
    [
        (Grain.HOUR, "2 Nov 2026, 00:00", "00:00"),
        (Grain.DAY, "2 Nov 2026", "2 Nov"),
        (Grain.WEEK, "week of 2 Nov 2026", "2 Nov"),
        (Grain.MONTH, "Nov 2026", "Nov"),
        (Grain.YEAR, "2026", "2026"),
    ],
)
def test_a_period_is_written_by_its_grain(grain: Grain, text: str, short: str) -> None:
    assert (period_text(DAY, grain), short_period_text(DAY, grain)) == (text, short)


def test_a_calendar_quarter_has_its_number_and_a_fiscal_one_its_first_month() -> None:
    assert period_text(dt.date(2017, 4, 1), Grain.QUARTER) == "Q2 2017"
    assert period_text(dt.date(2017, 2, 1), Grain.QUARTER) == "from Feb 2017"


def test_each_of_a_few_periods_has_its_tick_and_the_year_stands_where_it_begins() -> None:
    ticks = time_ticks(days(*(dt.date(2017, month, 1) for month in (1, 4, 7, 10))), Grain.QUARTER, 8)
    assert [(tick.text, tick.second) for tick in ticks] == [("Q1", "2017"), ("Q2", ""), ("Q3", ""), ("Q4", "")]


def test_many_months_have_ticks_at_calendar_quarters() -> None:
    months = days(*(dt.date(2025 + (5 + number) // 12, (5 + number) % 12 + 1, 1) for number in range(18)))
    ticks = time_ticks(months, Grain.MONTH, 8)
    assert [f"{tick.text} {tick.second}".strip() for tick in ticks] == [
        *("Jul 2025", "Oct", "Jan 2026", "Apr", "Jul", "Oct"),
    ]


def test_weekly_ticks_stay_on_the_week_day_of_the_data() -> None:
    sundays = [day_number(dt.date(2026, 1, 4)) + 7 * week for week in range(13)]
    assert {moment_at(tick.at).strftime("%A") for tick in time_ticks(sundays, Grain.WEEK, 8)} == {"Sunday"}


def test_ticks_of_fiscal_quarters_stay_on_them() -> None:
    starts = days(*(dt.date(2020 + number // 4, 2 + number % 4 * 3, 1) for number in range(12)))
    ticks = time_ticks(starts, Grain.QUARTER, 8)
    assert {moment_at(tick.at).month for tick in ticks} <= {2, 5, 8, 11} | {1}
    assert len(ticks) >= 3


@given(
    first=st.dates(dt.date(1, 1, 1), dt.date(9990, 1, 1)),
    gaps=st.lists(st.integers(1, 400), max_size=60),
    limit=st.integers(2, 10),
    grain=st.sampled_from(Grain),
)
def test_there_are_never_more_ticks_than_fit_and_all_lie_within(
    first: dt.date, gaps: list[int], limit: int, grain: Grain
) -> None:
    places = [day_number(first)]
    for gap in gaps:
        places.append(min(places[-1] + gap, float(dt.date.max.toordinal())))
    places = sorted(set(places))
    ticks = time_ticks(places, grain, limit)
    assert 0 <= len(ticks) <= limit
    assert all(places[0] - 1e-6 <= tick.at <= places[-1] + 1e-6 for tick in ticks)


def test_a_time_keeps_its_wall_clock_whatever_its_zone() -> None:
    zone = dt.timezone(dt.timedelta(hours=9))
    moment = dt.datetime(2026, 11, 2, 18, 30, tzinfo=zone)
    assert moment_at(day_number(moment)).isoformat() == "2026-11-02T18:30:00"
