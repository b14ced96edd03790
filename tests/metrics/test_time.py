"""Periods and ranges: the tenant's zone and week, clocks that change, rows without a time."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError, RefusedError
from metrics import Catalog, CompileContext, Grain, MetricQuery, compile_query, load_catalog
from tests.metrics.small_store import TINY, SmallStore, as_files

Shop = tuple[SmallStore, Catalog]

EVENTS = """
    model: events
    table: events
    time: {time}
    dimensions:
      naive: {{}}
      aware: {{}}
      day: {{}}
    measures:
      events: {{agg: count}}
    metrics:
      events: {{kind: simple, measure: events}}
"""


def open_events(time: str, *moments: str) -> tuple[SmallStore, Catalog]:
    """Events at UTC moments, as a naive timestamp, an aware one and a UTC day."""
    store = SmallStore("CREATE TABLE events (naive TIMESTAMP, aware TIMESTAMPTZ, day DATE)")
    store.connection.execute(
        "INSERT INTO events SELECT m::TIMESTAMP, (m || '+00')::TIMESTAMPTZ, m::TIMESTAMP::DATE"
        " FROM unnest($1::VARCHAR[]) AS u(m)",
        [list(moments)],
    )
    return store, store.catalog(EVENTS.format(time=time))


def ask_days(time: str, zone: str, *moments: str) -> dict[object, object]:
    store, catalog = open_events(time, *moments)
    rows = store.ask(catalog, MetricQuery(metrics=("events",), grain=Grain.DAY), CompileContext(zone=zone))
    return dict(rows)


@pytest.mark.parametrize("time", ["naive", "aware"])
def test_a_day_is_a_day_of_the_tenants_zone(time: str) -> None:
    moments = ("2024-06-30 21:59:59", "2024-06-30 22:00:00")
    assert ask_days(time, "Europe/Berlin", *moments) == {dt.date(2024, 6, 30): 1, dt.date(2024, 7, 1): 1}
    assert ask_days(time, "UTC", *moments) == {dt.date(2024, 6, 30): 2}


def test_a_date_column_has_no_zone() -> None:
    assert ask_days("day", "Pacific/Auckland", "2024-06-30 23:00:00") == {dt.date(2024, 6, 30): 1}


@pytest.mark.parametrize("time", ["naive", "aware"])
def test_days_of_23_and_25_hours_have_all_their_hours(time: str) -> None:
    hours = [dt.datetime(2024, 3, 30, tzinfo=dt.UTC) + dt.timedelta(hours=hour) for hour in range(24 * 240)]
    counts = ask_days(
        time, "Europe/Berlin", *(f"{hour:%Y-%m-%d %H:%M:%S}" for hour in hours if hour.month in {3, 4, 10})
    )
    assert counts[dt.date(2024, 3, 31)] == 23
    assert counts[dt.date(2024, 4, 1)] == 24
    assert counts[dt.date(2024, 10, 27)] == 25


@pytest.mark.parametrize("time", ["naive", "aware"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Africa/Cairo", "Asia/Kolkata", "UTC"])
def test_a_range_and_a_grain_agree_on_every_day_of_a_changing_clock(time: str, zone: str) -> None:
    hours = [dt.datetime(2024, 3, 9, tzinfo=dt.UTC) + dt.timedelta(minutes=30 * step) for step in range(48 * 60)]
    store, catalog = open_events(time, *(f"{hour:%Y-%m-%d %H:%M:%S}" for hour in hours))
    context = CompileContext(zone=zone)
    by_day: dict[object, object] = dict(store.ask(catalog, MetricQuery(metrics=("events",), grain=Grain.DAY), context))
    for day in (dt.date(2024, 3, 10), dt.date(2024, 3, 31), dt.date(2024, 4, 26)):
        query = MetricQuery(metrics=("events",), start=day, end=day)
        assert store.ask(catalog, query, context) == [(by_day[day],)]


def from_epoch(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia"]),
    moments=st.lists(st.integers(1_300_000_000, 1_700_000_000).map(from_epoch), min_size=1, max_size=20),
)
@settings(max_examples=25, deadline=None)
def test_periods_are_those_python_finds_in_the_zone(zone: str, moments: list[dt.datetime]) -> None:
    store, catalog = open_events("aware", *(f"{moment:%Y-%m-%d %H:%M:%S}" for moment in moments))
    local = [moment.astimezone(ZoneInfo(zone)).date() for moment in moments]
    expected = Counter(day.replace(day=1) for day in local)
    rows = store.ask(catalog, MetricQuery(metrics=("events",), grain=Grain.MONTH), CompileContext(zone=zone))
    assert dict(rows) == dict(expected)


@pytest.mark.parametrize("week_start", range(7))
@pytest.mark.parametrize("time", ["day", "naive", "aware"])
def test_a_week_begins_on_the_tenants_first_day(time: str, week_start: int) -> None:
    days = [dt.date(2023, 12, 25) + dt.timedelta(days=step) for step in range(21)]
    store, catalog = open_events(time, *(f"{day} 12:00:00" for day in days))
    context = CompileContext(week_start=week_start)
    rows = store.ask(catalog, MetricQuery(metrics=("events",), grain=Grain.WEEK), context)
    expected = Counter(day - dt.timedelta(days=(day.weekday() - week_start) % 7) for day in days)
    assert rows == sorted(expected.items())


@pytest.mark.parametrize(
    ("grain", "first"),
    [(Grain.DAY, "2024-05-15"), (Grain.WEEK, "2024-05-13"), (Grain.MONTH, "2024-05-01"), (Grain.QUARTER, "2024-04-01")],
)
@pytest.mark.parametrize("time", ["day", "naive", "aware"])
def test_a_period_is_its_first_day_as_a_date(time: str, grain: Grain, first: str) -> None:
    store, catalog = open_events(time, "2024-05-15 10:00:00")
    rows = store.ask(catalog, MetricQuery(metrics=("events",), grain=grain))
    assert rows == [(dt.date.fromisoformat(first), 1)]


def test_both_ends_of_a_range_are_included(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("orders",), start=dt.date(2024, 1, 31), end=dt.date(2024, 2, 1))
    assert store.ask(catalog, query) == [(3,)]
    assert store.ask(catalog, MetricQuery(metrics=("orders",), end=dt.date(2024, 1, 31))) == [(2,)]
    assert store.ask(catalog, MetricQuery(metrics=("orders",), start=dt.date(2024, 4, 1))) == [(1,)]


def test_rows_without_a_time_are_a_null_period_unless_a_range_is_asked_for(shop: Shop) -> None:
    store, catalog = shop
    by_year = MetricQuery(metrics=("orders",), grain=Grain.YEAR)
    assert store.ask(catalog, by_year) == [(dt.date(2024, 1, 1), 6), (None, 1)]
    in_year = MetricQuery(metrics=("orders",), grain=Grain.YEAR, start=dt.date(2024, 1, 1), end=dt.date(2024, 12, 31))
    assert store.ask(catalog, in_year) == [(dt.date(2024, 1, 1), 6)]


def test_a_range_is_a_half_open_condition_on_the_raw_column() -> None:
    store, catalog = open_events("aware", "2024-06-30 22:00:00")
    query = MetricQuery(metrics=("events",), grain=Grain.DAY, start=dt.date(2024, 7, 1), end=dt.date(2024, 7, 1))
    compiled = compile_query(catalog, query, CompileContext(zone="Europe/Berlin"))
    assert 'WHERE "events"."aware" >= $1 AND "events"."aware" < $2' in compiled.sql
    assert compiled.parameters == (
        dt.datetime(2024, 6, 30, 22, tzinfo=dt.UTC),
        dt.datetime(2024, 7, 1, 22, tzinfo=dt.UTC),
    )
    assert store.run(compiled) == [(dt.date(2024, 7, 1), 1)]


def test_a_range_that_ends_before_it_begins_is_refused(shop: Shop) -> None:
    _, catalog = shop
    with pytest.raises(InvalidError, match="begins on 2024-02-01, after its end on 2024-01-01"):
        compile_query(catalog, MetricQuery(metrics=("orders",), start=dt.date(2024, 2, 1), end=dt.date(2024, 1, 1)))
    with pytest.raises(InvalidError, match="outside the dates"):
        compile_query(catalog, MetricQuery(metrics=("orders",), end=dt.date.max))


def test_a_metric_without_time_cannot_be_asked_by_period(shop: Shop) -> None:
    _, catalog = shop
    with pytest.raises(
        RefusedError, match=r"customers has no time dimension.*give model customers or the metric a `time`"
    ):
        compile_query(catalog, MetricQuery(metrics=("customers",), grain=Grain.MONTH))


def test_an_unknown_zone_is_refused(shop: Shop) -> None:
    _, catalog = shop
    for zone in ("Europe/Berln", "../etc/passwd", "", "UTC'; DROP TABLE orders"):
        with pytest.raises(InvalidError, match="no time zone"):
            compile_query(catalog, MetricQuery(metrics=("orders",)), CompileContext(zone=zone))


def test_without_a_schema_the_type_of_time_must_be_declared() -> None:
    def load(type_: str) -> Catalog:
        model = TINY.replace("b: {}", f"b: {{type: {type_}}}").replace("table: tiny", "table: tiny\n    time: b")
        return load_catalog(as_files(model))

    query = MetricQuery(metrics=("n",), grain=Grain.DAY)
    with pytest.raises(RefusedError, match="not known whether b of tiny holds dates or timestamps"):
        compile_query(load("time"), query)
    assert '"tiny"."b" AS "period"' in compile_query(load("date"), query).sql
