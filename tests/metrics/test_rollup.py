"""When a rollup may serve a question: never with the days of another clock, nor with days that it has not all of."""

import datetime as dt
from dataclasses import replace

import pytest

from metrics import Catalog, CompileContext, Grain, MetricQuery, compile_query
from metrics.rollup import Rollup, StoredRollup, choose_rollups, compile_rollup
from tests.metrics.small_store import SmallStore

# Half past eleven at night in UTC is the next day in Berlin.
TABLE = """CREATE TABLE calls AS SELECT i AS id, i % 3 AS team, i * 0.01 AS cost, i * 0.5::DOUBLE AS share,
    TIMESTAMPTZ '2026-03-01 23:30:00+00' + to_days(i) AS at FROM range(40) AS numbers(i)"""
CALLS = """
    model: calls
    table: calls
    time: at
    dimensions: {team: {}, at: {type: time}}
    measures:
      cost: {agg: sum, sql: cost}
      share: {agg: sum, sql: share}
      mean: {agg: average, sql: cost}
      calls: {agg: count}
      costly: {agg: sum, sql: "CASE WHEN cost > 1 THEN cost * 2 ELSE 0 END"}
    metrics:
      cost: {kind: simple, measure: cost}
      share: {kind: simple, measure: share}
      mean: {kind: simple, measure: mean}
      calls: {kind: simple, measure: calls}
"""
MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
BERLIN = CompileContext(zone="Europe/Berlin")
BY_MONTH = MetricQuery(metrics=("calls",), grain=Grain.MONTH, start=MARCH, end=dt.date(2026, 4, 30))
DAYS = Rollup(
    model="calls", time="at", zone="Europe/Berlin", start=MARCH, end=dt.date(2026, 4, 30), is_daily=True,
    measures=("calls", "cost"),
)  # fmt: skip


@pytest.fixture(scope="module")
def store() -> SmallStore:
    return SmallStore(TABLE)


@pytest.fixture(scope="module")
def catalog(store: SmallStore) -> Catalog:
    return store.catalog(CALLS)


def build(store: SmallStore, catalog: Catalog, rollup: Rollup) -> StoredRollup:
    trees = compile_rollup(catalog, rollup, CompileContext())
    store.connection.execute(f"CREATE OR REPLACE TABLE rolled AS {trees.rows.sql('duckdb')}", trees.parameters)
    return StoredRollup(rollup=rollup, table="rolled")


def rolled(
    store: SmallStore, catalog: Catalog, query: MetricQuery, rollup: Rollup, context: CompileContext = BERLIN
) -> list[tuple[object, ...]] | None:
    """The answer from a rollup, None where it may not serve."""
    found = compile_query(catalog, query, context, rollups=[build(store, catalog, rollup)]).rolled
    return None if found is None else store.connection.execute(found.sql, found.parameters).fetchall()


def test_days_of_one_clock_do_not_serve_another(store: SmallStore, catalog: Catalog) -> None:
    # Of the 40 calls from 1 March at 23:30 in UTC, 31 are in March there and 30 in Berlin.
    assert rolled(store, catalog, BY_MONTH, DAYS) == [(MARCH, 30), (APRIL, 10)]
    utc = CompileContext(zone="UTC")
    assert rolled(store, catalog, BY_MONTH, DAYS, utc) is None
    assert rolled(store, catalog, BY_MONTH, replace(DAYS, zone="UTC"), utc) == [(MARCH, 31), (APRIL, 9)]


@pytest.mark.parametrize(
    "asked",
    [
        replace(BY_MONTH, end=dt.date(2026, 5, 1)),
        replace(BY_MONTH, start=dt.date(2026, 2, 28)),
        replace(BY_MONTH, end=None),
        replace(BY_MONTH, start=None),
        replace(BY_MONTH, compare=("prior_period",)),
        replace(BY_MONTH, by=("team",)),
        replace(BY_MONTH, where="team = 1"),
        replace(BY_MONTH, grain=Grain.HOUR),
        replace(BY_MONTH, grain=None, start=None, end=None),
        replace(BY_MONTH, metrics=("mean",)),
        replace(BY_MONTH, metrics=("share",)),
    ],
)
def test_what_a_rollup_has_not_all_of_it_does_not_serve(
    store: SmallStore, catalog: Catalog, asked: MetricQuery
) -> None:
    assert rolled(store, catalog, asked, DAYS) is None


def test_days_counted_as_one_serve_these_days_alone(store: SmallStore, catalog: Catalog) -> None:
    whole = replace(DAYS, is_daily=False)
    assert rolled(store, catalog, replace(BY_MONTH, grain=None), whole) == [(40,)]
    assert rolled(store, catalog, replace(BY_MONTH, grain=None, start=dt.date(2026, 3, 2)), whole) is None
    assert rolled(store, catalog, BY_MONTH, whole) is None


def test_a_count_of_nothing_is_zero_from_a_rollup_too(store: SmallStore, catalog: Catalog) -> None:
    asked = replace(BY_MONTH, metrics=("calls", "cost"), grain=None, start=dt.date(2026, 4, 29))
    assert rolled(store, catalog, asked, DAYS) == [(0, None)]


def test_only_sums_without_rounding_are_exact(catalog: Catalog) -> None:
    measures = catalog.models["calls"].measures
    assert [name for name, measure in measures.items() if measure.is_exact] == ["cost", "mean", "costly"]


def test_few_rollups_serve_many_needs() -> None:
    team = replace(DAYS, is_daily=False, dimensions=("calls.team",), measures=("calls",))
    other = replace(DAYS, model="others")
    chosen = choose_rollups([DAYS, team, other], lambda _rollup: True)
    assert chosen == (replace(DAYS, dimensions=("calls.team",)),)
    assert choose_rollups([DAYS, team], lambda rollup: not rollup.dimensions) == ()
