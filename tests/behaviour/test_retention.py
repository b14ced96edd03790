"""Retention tables by hand and against nested loops: calendars, zones, modes, cells that are not complete."""

import datetime as dt
from collections import defaultdict
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError, LimitError
from metrics.behaviour import (
    EventSet,
    Mode,
    Period,
    RetentionResult,
    RetentionSpec,
    Weekday,
    build_event_set,
    compute_retention,
)

WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Row = tuple[str, dt.datetime, str]


def events_of(rows: list[Row], *, is_indexed: bool = False) -> EventSet:
    table = pa.table(
        {
            "u": pa.array([row[0] for row in rows], pa.string()),
            "t": pa.array([row[1] for row in rows], pa.timestamp("us", "UTC")),
            "e": pa.array([row[2] for row in rows], pa.string()),
        }
    )
    return build_event_set(table, entity="u", time="t", event="e", is_indexed=is_indexed)


def days(log: str, start: dt.date = dt.date(2026, 1, 5)) -> EventSet:
    """One entity for each word, a letter for each day from a Monday on; a dot is a day without event."""
    rows = [
        (word, start + dt.timedelta(days=day), letter)
        for word in log.split()
        for day, letter in enumerate(word)
        if letter != "."
    ]
    table = pa.table({name: [row[at] for row in rows] for at, name in enumerate("ute")})
    return build_event_set(table, entity="u", time="t", event="e")


def by_day(periods: int = 3, mode: Mode = Mode.BOUNDED) -> RetentionSpec:
    return RetentionSpec(start=("s",), returns=("r",), period=Period.DAY, periods=periods, mode=mode)


def grid(result: RetentionResult) -> dict[str, tuple[int, tuple[int | None, ...]]]:
    return {cohort.label: (cohort.size, cohort.counts) for cohort in result.cohorts}


def first_day(moment: dt.datetime, asked: RetentionSpec) -> dt.date:
    """The first day of the period a moment lies in, where the asker lives."""
    day = moment.astimezone(asked.zone).date()
    if asked.period is Period.MONTH:
        return day.replace(day=1)
    if asked.period is Period.QUARTER:
        return dt.date(day.year, {1: 1, 2: 4, 3: 7, 4: 10}[(day.month + 2) // 3], 1)
    while asked.period is Period.WEEK and WEEK[day.weekday()] != asked.week_start.value:
        day -= dt.timedelta(days=1)
    return day


def distance(cohort: dt.date, moment: dt.datetime, asked: RetentionSpec) -> int:
    """How many periods after the cohort's own a moment lies."""
    other = first_day(moment, asked)
    if asked.period is Period.MONTH:
        return (other.year - cohort.year) * 12 + other.month - cohort.month
    if asked.period is Period.QUARTER:
        return ((other.year - cohort.year) * 12 + other.month - cohort.month) // 3
    return (other - cohort).days // (7 if asked.period is Period.WEEK else 1)


def naive_retention(rows: list[Row], asked: RetentionSpec) -> dict[dt.date, tuple[int, list[int | None]]]:
    """Nested loops over local dates."""
    latest = max((moment for _, moment, _ in rows), default=None)
    by_entity = defaultdict(list)
    for entity, moment, event in rows:
        by_entity[entity].append((moment, event))

    found: dict[dt.date, tuple[int, list[int | None]]] = {}
    for log in by_entity.values():
        starts = sorted(moment for moment, event in log if asked.start is None or event in asked.start)
        entries = {first_day(moment, asked): moment for moment in reversed(starts)}
        if not asked.is_recurring:
            entries = dict(list(entries.items())[-1:])
        for cohort, entry in entries.items():
            size, cells = found.get(cohort, (0, [0] * asked.columns))
            returned = {
                column_of(passed(cohort, entry, moment, asked), asked)
                for moment, event in log
                if moment >= entry and (asked.returns is None or event in asked.returns)
            }
            for k in range(asked.columns):
                cells[k] = (cells[k] or 0) + counts_in(k, returned, asked.mode)
            found[cohort] = (size + 1, cells)
    for cohort, (_, cells) in found.items():
        for k in range(asked.columns):
            begins = asked.brackets[k] if asked.brackets else k
            midnight = dt.datetime.combine(cohort, dt.time(), tzinfo=asked.zone)
            if latest is not None and passed(cohort, midnight, latest, asked) < begins:
                cells[k] = None
    return found


def passed(cohort: dt.date, entry: dt.datetime, moment: dt.datetime, asked: RetentionSpec) -> int:
    """How many periods after the start: of the calendar, or whole ones of 24 hours (or 7 times that)."""
    if not asked.is_rolling:
        return distance(cohort, moment, asked)
    seconds = moment.timestamp() - entry.timestamp()
    return int(seconds // (86_400 * (7 if asked.period is Period.WEEK else 1)))


def column_of(periods: int, asked: RetentionSpec) -> int:
    if not asked.brackets:
        return periods
    return sum(periods >= begin for begin in asked.brackets) - 1


def counts_in(k: int, returned: set[int], mode: Mode) -> bool:
    if mode is Mode.UNBOUNDED:
        return any(other >= k for other in returned)
    if mode is Mode.ON_OR_BEFORE and k:
        return any(1 <= other <= k for other in returned)
    if mode is Mode.STREAK and k:
        return all(other in returned for other in range(1, k + 1))
    return k in returned


moments = st.integers(0, 43 * 86_400 - 1).map(
    lambda seconds: dt.datetime(2025, 10, 20, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"])


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(st.sampled_from("uvw"), moments, st.sampled_from("srx")), max_size=16),
    start=st.sampled_from([None, ("s",), ("s", "x")]),
    returns=st.sampled_from([None, ("r",), ("s",)]),
    period=st.sampled_from(list(Period)),
    periods=st.integers(1, 9),
    mode=st.sampled_from(list(Mode)),
    zone=zones,
    week_start=st.sampled_from(list(Weekday)),
    is_recurring=st.booleans(),
    is_rolling=st.booleans(),
    brackets=st.sampled_from([(), (), (0, 1, 3, 7), (0, 2)]),
)
def test_cohorts_equal_nested_loops_over_local_dates(
    rows: list[Row],
    start: tuple[str, ...] | None,
    returns: tuple[str, ...] | None,
    period: Period,
    periods: int,
    mode: Mode,
    zone: str,
    week_start: Weekday,
    *,
    is_recurring: bool,
    is_rolling: bool,
    brackets: tuple[int, ...],
) -> None:
    asked = RetentionSpec(
        start=start, returns=returns, period=period, periods=periods, mode=mode, zone=ZoneInfo(zone),
        week_start=week_start, is_recurring=is_recurring,
        is_rolling=is_rolling and period in (Period.DAY, Period.WEEK), brackets=brackets,
    )  # fmt: skip
    expected = naive_retention(rows, asked)
    for is_indexed in (False, True):
        found = compute_retention(events_of(rows, is_indexed=is_indexed), asked)
        assert {c.begins: (c.size, list(c.counts)) for c in found.cohorts} == expected
        assert [c.begins for c in found.cohorts] == sorted(expected)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from("uvw"), moments, st.sampled_from("sr")), max_size=16), zone=zones)
def test_bounded_is_within_unbounded_within_the_size(rows: list[Row], zone: str) -> None:
    events = events_of(rows)
    bounded, unbounded = (
        compute_retention(
            events,
            RetentionSpec(start=("s",), returns=("r",), period=Period.DAY, periods=9, mode=mode, zone=ZoneInfo(zone)),
        )
        for mode in (Mode.BOUNDED, Mode.UNBOUNDED)
    )
    for one, other in zip(bounded.cohorts, unbounded.cohorts, strict=True):
        seen = [(b, u) for b, u in zip(one.counts, other.counts, strict=True) if b is not None and u is not None]
        assert all(b <= u <= one.size for b, u in seen)
        assert [u for _, u in seen] == sorted((u for _, u in seen), reverse=True)


def test_a_cohort_is_of_the_first_start_and_counts_each_entity_once_in_a_period() -> None:
    assert grid(compute_retention(days("sr sssr s.r"), by_day())) == {"2026-01-05": (3, (0, 1, 1))}


def test_a_return_before_the_first_start_does_not_count() -> None:
    assert grid(compute_retention(days("rs.."), by_day(2))) == {"2026-01-06": (1, (0, None))}


def test_a_return_at_the_moment_of_the_start_counts_in_either_order_of_rows() -> None:
    for letters in ("sr", "rs"):
        rows = [("u", dt.datetime(2026, 1, 5, tzinfo=dt.UTC), letter) for letter in letters]
        assert grid(compute_retention(events_of(rows), by_day(1))) == {"2026-01-05": (1, (1,))}


def test_unbounded_counts_every_period_up_to_the_last_return() -> None:
    assert grid(compute_retention(days("s..r s..."), by_day(4, Mode.UNBOUNDED))) == {"2026-01-05": (2, (1, 1, 1, 1))}


def test_unbounded_counts_returns_beyond_the_last_period_shown() -> None:
    assert grid(compute_retention(days("s........r"), by_day(2, Mode.UNBOUNDED))) == {"2026-01-05": (1, (1, 1))}


def test_when_start_and_return_are_the_same_event_period_zero_is_the_size() -> None:
    asked = RetentionSpec(start=("s",), returns=("s",), period=Period.DAY, periods=2)
    assert grid(compute_retention(days("s. ss"), asked)) == {"2026-01-05": (2, (2, 1))}


def test_periods_that_had_not_begun_are_none_and_the_last_one_is_not_complete() -> None:
    rows = [
        ("u", dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC), "s"),
        ("v", dt.datetime(2026, 1, 6, 8, tzinfo=dt.UTC), "s"),
    ]
    first, second = compute_retention(events_of(rows), by_day(3)).cohorts
    assert (first.counts, first.complete) == ((0, 0, None), 1)
    assert (second.counts, second.complete) == ((0, None, None), 0)


def test_the_last_day_of_dates_without_a_clock_is_complete() -> None:
    (cohort,) = compute_retention(days("sr"), by_day(3)).cohorts
    assert (cohort.counts, cohort.complete) == ((0, 1, None), 2)


def test_a_day_of_23_hours_and_one_of_25_are_one_day_each() -> None:
    # Clocks in Berlin went forward on 2026-03-29 and back on 2026-10-25; these are 23:30, 00:30 and 00:30 there.
    spring = ("2026-03-28T22:30Z", "2026-03-28T23:30Z", "2026-03-29T22:30Z")
    autumn = ("2026-10-24T21:30Z", "2026-10-24T22:30Z", "2026-10-25T23:30Z")
    for times in (spring, autumn):
        rows = [("u", dt.datetime.fromisoformat(time), "sr"[at > 0]) for at, time in enumerate(times)]
        asked = RetentionSpec(
            start=("s",), returns=("r",), period=Period.DAY, periods=3, zone=ZoneInfo("Europe/Berlin")
        )
        assert [cohort.counts for cohort in compute_retention(events_of(rows), asked).cohorts] == [(0, 1, 1)]


def test_a_day_that_a_zone_skipped_is_a_day_without_events() -> None:
    # Samoa went from 29 to 31 December 2011.
    rows = [
        ("u", dt.datetime(2011, 12, 30, 9, 59, tzinfo=dt.UTC), "s"),
        ("u", dt.datetime(2011, 12, 30, 10, 1, tzinfo=dt.UTC), "r"),
    ]
    asked = RetentionSpec(start=("s",), returns=("r",), period=Period.DAY, periods=3, zone=ZoneInfo("Pacific/Apia"))
    assert grid(compute_retention(events_of(rows), asked)) == {"2011-12-29": (1, (0, 0, 1))}


def test_dates_without_a_clock_stay_on_their_day_in_every_zone() -> None:
    asked = RetentionSpec(
        start=("s",), returns=("r",), period=Period.DAY, periods=2, zone=ZoneInfo("America/Los_Angeles")
    )
    assert grid(compute_retention(days("sr"), asked)) == {"2026-01-05": (1, (0, 1))}


@pytest.mark.parametrize(("start", "begins"), [(Weekday.MONDAY, "2026-01-05"), (Weekday.SUNDAY, "2026-01-04")])
def test_weeks_begin_on_the_day_asked_for(start: Weekday, begins: str) -> None:
    asked = RetentionSpec(start=("s",), returns=("r",), period=Period.WEEK, periods=1, week_start=start)
    assert list(grid(compute_retention(days(".s"), asked))) == [begins]


def test_future_events_stay_and_an_unknown_event_counts_nothing() -> None:
    asked = RetentionSpec(start=("s",), returns=("rr",), period=Period.MONTH, periods=2)
    result = compute_retention(days("sr", dt.date(2250, 1, 1)), asked)
    assert grid(result) == {"2250-01": (1, (0, None))}
    assert result.notes[0].startswith("No event is called 'rr'.")


def test_no_events_make_no_cohorts() -> None:
    result = compute_retention(events_of([]), by_day())
    assert (result.cohorts, result.table().num_rows) == ((), 0)


def test_the_table_has_a_row_for_each_period_that_has_begun() -> None:
    table = compute_retention(days("sr"), by_day(3)).table()
    assert table.column("rate").to_pylist() == [0, 1]


@pytest.mark.parametrize("years", [(1, 2026), (2026, 9999), (1, 9999)])
def test_times_too_far_apart_are_refused_with_both_ends(years: tuple[int, int]) -> None:
    rows = [("u", dt.datetime(year, 1, 5, tzinfo=dt.UTC), "s") for year in years]
    with pytest.raises(LimitError, match=r"The events lie between|is too late"):
        compute_retention(events_of(rows), by_day())


def test_the_ends_of_the_calendar_are_counted_or_refused() -> None:
    asked = RetentionSpec(start=None, returns=None, period=Period.MONTH, periods=2, zone=ZoneInfo("America/New_York"))
    first = [("u", dt.datetime(1, 1, 1, tzinfo=dt.UTC), "s")]
    assert [cohort.size for cohort in compute_retention(events_of(first), asked).cohorts] == [1]
    with pytest.raises(LimitError, match="is too late"):
        compute_retention(events_of([("u", dt.datetime(9999, 12, 31, tzinfo=dt.UTC), "s")]), asked)


@pytest.mark.parametrize(("periods", "error"), [(0, InvalidError), (401, LimitError)])
def test_the_number_of_periods_has_limits(periods: int, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"{periods} were asked for"):
        by_day(periods)
