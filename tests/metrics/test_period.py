"""Periods: their days, their names, and the fair comparison with the period before."""

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics.period import PeriodKind, date_label, last_complete, period_to_date, periods_back, previous

DAY = dt.timedelta(days=1)
days = st.dates(dt.date(1990, 1, 1), dt.date(2110, 12, 31))
kinds = st.sampled_from(list(PeriodKind))
months = st.integers(1, 12)
week_starts = st.integers(0, 6)


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("kind", "start", "full_end", "label"),
    [
        (PeriodKind.DAY, "2026-11-20", "2026-11-20", "20 Nov 2026"),
        (PeriodKind.WEEK, "2026-11-16", "2026-11-22", "Week of 16 Nov 2026"),
        (PeriodKind.MONTH, "2026-11-01", "2026-11-30", "Nov 2026"),
        (PeriodKind.QUARTER, "2026-10-01", "2026-12-31", "Q4 2026"),
        (PeriodKind.YEAR, "2026-01-01", "2026-12-31", "2026"),
        (PeriodKind.LAST_12_MONTHS, "2025-11-21", "2026-11-20", "12 months to 20 Nov 2026"),
    ],
)
def test_period_has_the_days_of_the_calendar(kind: PeriodKind, start: str, full_end: str, label: str) -> None:
    period = period_to_date(kind, date("2026-11-20"))
    assert (period.start, period.full_end, period.label) == (date(start), date(full_end), label)
    assert period.end == date("2026-11-20")


def test_running_month_says_how_far_it_has_come() -> None:
    period = period_to_date(PeriodKind.MONTH, date("2026-11-20"))
    assert (period.day_number, period.days_total, period.is_complete) == (20, 30, False)
    assert period.progress == "Nov: 20 of 30 days"


@pytest.mark.parametrize(
    ("kind", "today", "start", "end", "label"),
    [
        (PeriodKind.QUARTER, "2026-10-05", "2026-07-01", "2026-07-05", "Q3 on the same day"),
        (PeriodKind.QUARTER, "2026-11-21", "2026-07-01", "2026-08-21", "Q3 on the same day"),
        (PeriodKind.QUARTER, "2026-12-31", "2026-07-01", "2026-09-30", "Q3 2026"),
        (PeriodKind.QUARTER, "2027-01-05", "2026-10-01", "2026-10-05", "Q4 2026 on the same day"),
        (PeriodKind.MONTH, "2026-03-30", "2026-02-01", "2026-02-28", "Feb on the same day"),
        (PeriodKind.MONTH, "2024-03-30", "2024-02-01", "2024-02-29", "Feb on the same day"),
        (PeriodKind.MONTH, "2026-03-31", "2026-02-01", "2026-02-28", "Feb 2026"),
        (PeriodKind.MONTH, "2027-01-03", "2026-12-01", "2026-12-03", "Dec 2026 on the same day"),
        (PeriodKind.YEAR, "2024-02-29", "2023-01-01", "2023-02-28", "2023 on the same day"),
        (PeriodKind.YEAR, "2024-03-01", "2023-01-01", "2023-03-01", "2023 on the same day"),
        (PeriodKind.YEAR, "2025-02-28", "2024-01-01", "2024-02-29", "2024 on the same day"),
        (PeriodKind.WEEK, "2026-11-18", "2026-11-09", "2026-11-11", "the week of 9 Nov on the same day"),
        (PeriodKind.WEEK, "2026-11-22", "2026-11-09", "2026-11-15", "week of 9 Nov 2026"),
        (PeriodKind.DAY, "2026-03-01", "2026-02-28", "2026-02-28", "28 Feb 2026"),
        (PeriodKind.LAST_12_MONTHS, "2026-11-20", "2024-11-21", "2025-11-20", "12 months to 20 Nov 2025"),
    ],
)
def test_previous_period_is_cut_at_the_same_day(kind: PeriodKind, today: str, start: str, end: str, label: str) -> None:
    before = previous(period_to_date(kind, date(today)))
    assert (before.start, before.end, before.label) == (date(start), date(end), label)


@pytest.mark.parametrize(
    ("today", "start"),
    [("2025-02-28", "2024-03-01"), ("2024-02-29", "2023-03-01"), ("2024-02-28", "2023-03-01")],
)
def test_twelve_months_to_the_end_of_february_are_never_thirteen(today: str, start: str) -> None:
    assert period_to_date(PeriodKind.LAST_12_MONTHS, date(today)).start == date(start)


@pytest.mark.parametrize(
    ("kind", "today", "start", "label"),
    [
        (PeriodKind.QUARTER, "2026-11-20", "2026-10-01", "Q3 FY2027"),
        (PeriodKind.QUARTER, "2027-03-31", "2027-01-01", "Q4 FY2027"),
        (PeriodKind.YEAR, "2026-03-31", "2025-04-01", "FY2026"),
        (PeriodKind.YEAR, "2026-04-01", "2026-04-01", "FY2027"),
    ],
)
def test_fiscal_years_bear_the_year_they_end_in(kind: PeriodKind, today: str, start: str, label: str) -> None:
    period = period_to_date(kind, date(today), fiscal_start_month=4)
    assert (period.start, period.label) == (date(start), label)


def test_previous_fiscal_quarter_of_another_year_names_the_year() -> None:
    period = period_to_date(PeriodKind.QUARTER, date("2026-04-05"), fiscal_start_month=4)
    assert previous(period).label == "Q4 FY2026 on the same day"


@pytest.mark.parametrize(
    ("kind", "today", "label"),
    [
        (PeriodKind.QUARTER, "2026-12-31", "Q3 2026"),
        (PeriodKind.QUARTER, "2027-01-01", "Q4 2026"),
        (PeriodKind.MONTH, "2026-03-01", "Feb 2026"),
        (PeriodKind.WEEK, "2026-11-20", "Week of 9 Nov 2026"),
        (PeriodKind.LAST_12_MONTHS, "2026-11-20", "12 months to 31 Oct 2026"),
    ],
)
def test_last_complete_period_was_over_before_today(kind: PeriodKind, today: str, label: str) -> None:
    assert last_complete(kind, date(today)).label == label


def test_periods_back_ends_with_the_running_period() -> None:
    periods = periods_back(period_to_date(PeriodKind.MONTH, date("2026-02-10")), 3)
    assert [(period.label, period.is_complete) for period in periods] == [
        ("Dec 2025", True),
        ("Jan 2026", True),
        ("Feb 2026", False),
    ]


@pytest.mark.parametrize(("month", "week_start"), [(0, 0), (13, 0), (1, -1), (1, 7)])
def test_calendar_settings_outside_their_range_are_refused(month: int, week_start: int) -> None:
    with pytest.raises(InvalidError, match="begins"):
        period_to_date(PeriodKind.WEEK, date("2026-11-20"), month, week_start)


def test_date_label_is_the_same_in_every_locale() -> None:
    assert date_label(date("2026-03-05")) == "5 Mar 2026"


@settings(deadline=None)
@given(kind=kinds, today=days, month=months, week_start=week_starts)
def test_today_is_the_end_of_the_period_it_is_in(kind: PeriodKind, today: dt.date, month: int, week_start: int) -> None:
    period = period_to_date(kind, today, month, week_start)
    assert period.start <= period.end == today <= period.full_end
    assert 1 <= period.day_number <= period.days_total
    assert period.is_complete == (today == period.full_end)


@settings(deadline=None)
@given(kind=kinds, today=days, month=months, week_start=week_starts)
def test_previous_period_touches_the_current_one(kind: PeriodKind, today: dt.date, month: int, week_start: int) -> None:
    period = period_to_date(kind, today, month, week_start)
    before = previous(period)
    assert before.full_end + DAY == period.start
    assert before.start <= before.end <= before.full_end


@settings(deadline=None)
@given(kind=kinds.filter(lambda kind: kind is not PeriodKind.YEAR), today=days, month=months)
def test_previous_of_a_running_period_is_as_long_or_whole(kind: PeriodKind, today: dt.date, month: int) -> None:
    period = period_to_date(kind, today, month)
    before = previous(period)
    assert before.day_number == period.day_number or before.is_complete


@settings(deadline=None)
@given(today=days, month=months)
def test_previous_of_a_running_year_ends_on_the_same_date(today: dt.date, month: int) -> None:
    period = period_to_date(PeriodKind.YEAR, today, month)
    end = previous(period).end
    is_february_end = today.month == 2 and (today + DAY).month == 3
    assert (end.month, end.day) == (today.month, today.day) or (is_february_end and (end + DAY).month == 3)


@settings(deadline=None)
@given(kind=kinds, today=days, month=months, week_start=week_starts, count=st.integers(1, 30))
def test_periods_back_leave_no_gap_and_no_overlap(
    kind: PeriodKind, today: dt.date, month: int, week_start: int, count: int
) -> None:
    periods = periods_back(period_to_date(kind, today, month, week_start), count)
    assert len(periods) == count
    assert all(one.end + DAY == other.start for one, other in itertools.pairwise(periods))
    assert len({period.label for period in periods}) == count


@settings(deadline=None)
@given(kind=kinds, today=days, month=months, week_start=week_starts)
def test_last_complete_is_whole_and_past(kind: PeriodKind, today: dt.date, month: int, week_start: int) -> None:
    period = last_complete(kind, today, month, week_start)
    assert period.is_complete
    assert period.end < today
