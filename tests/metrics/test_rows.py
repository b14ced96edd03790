"""The rows behind a number, against SQL written by hand."""

import datetime as dt

import pytest

from core.errors import InvalidError
from metrics import Catalog, MetricQuery, compile_rows
from metrics.parts import DENOMINATOR, NUMERATOR, with_parts
from tests.metrics.small_store import SmallStore

TABLES = (
    "CREATE TABLE teams AS SELECT * FROM (VALUES ('a', 'West'), ('b', 'East')) AS t(id, region)",
    """CREATE TABLE deals AS SELECT * FROM (VALUES
       (1, 'a', 10, 'won', DATE '2024-01-05', DATE '2024-02-01'), (2, 'a', NULL, 'won', DATE '2024-01-31', NULL),
       (3, 'b', 7, 'lost', DATE '2024-02-01', NULL), (4, NULL, 5, 'won', DATE '2024-02-29', DATE '2024-03-01'),
       (5, 'b', 3, 'open', NULL, NULL)) AS d(id, team, amount, state, day, gone)""",
)
TEAMS = "{model: teams, table: teams, key: id, dimensions: {region: {}}}"
DEALS = """
    model: deals
    table: deals
    key: id
    time: day
    joins: [{to: teams, on: {team: id}}]
    dimensions: {state: {}, day: {type: time}, gone: {type: time}}
    measures:
      amount: {agg: sum, sql: amount, where: "state = 'won'"}
      won: {agg: count, where: "state = 'won'"}
      closed: {agg: count, where: "state IN ('won', 'lost')"}
      mean: {agg: average, sql: amount}
    metrics:
      amount: {kind: simple, measure: amount}
      win_rate: {kind: ratio, numerator: won, denominator: closed}
      of_means: {kind: ratio, numerator: mean, denominator: closed}
      held: {kind: snapshot, measure: closed, until: gone}
"""
Store = tuple[SmallStore, Catalog]


@pytest.fixture(scope="module")
def store() -> Store:
    found = SmallStore(*TABLES)
    return found, found.catalog(TEAMS, DEALS)


def ids(store: Store, query: MetricQuery, limit: int = 100) -> list[int]:
    small, catalog = store
    compiled = compile_rows(catalog, query, limit=limit)
    return [row[0] for row in small.connection.execute(compiled.sql, compiled.parameters).fetchall()]


def test_rows_are_those_the_measure_takes(store: Store) -> None:
    # Deal 2 has no amount, deal 3 is not won.
    assert ids(store, MetricQuery(metrics=("amount",))) == [1, 4]


def test_rows_of_a_ratio_count_for_either_side(store: Store) -> None:
    assert ids(store, MetricQuery(metrics=("win_rate",))) == [1, 2, 3, 4]


def test_rows_keep_the_range_and_filters_on_joined_dimensions(store: Store) -> None:
    january = MetricQuery(metrics=("win_rate",), start=dt.date(2024, 1, 1), end=dt.date(2024, 1, 31))
    assert ids(store, january) == [1, 2]
    assert ids(store, MetricQuery(metrics=("win_rate",), where="region = 'East' OR region IS NULL")) == [3, 4]


def test_rows_of_a_snapshot_are_those_that_hold(store: Store) -> None:
    assert ids(store, MetricQuery(metrics=("held",), end=dt.date(2024, 2, 29))) == [2, 3, 4]


def test_rows_are_limited_and_of_one_metric(store: Store) -> None:
    assert ids(store, MetricQuery(metrics=("win_rate",)), limit=2) == [1, 2]
    with pytest.raises(InvalidError, match="of one metric"):
        ids(store, MetricQuery(metrics=("win_rate", "amount")))


def test_a_ratio_is_asked_for_in_its_parts(store: Store) -> None:
    small, catalog = store
    parts = with_parts(catalog, "win_rate")
    assert parts is not None
    rows = small.ask(parts, MetricQuery(metrics=(NUMERATOR, DENOMINATOR), by=("region",)))
    assert rows == [("East", 0, 1), ("West", 2, 2), (None, 1, 1)]


def test_only_a_ratio_of_what_adds_up_has_parts(store: Store) -> None:
    _, catalog = store
    assert with_parts(catalog, "amount") is None
    assert with_parts(catalog, "of_means") is None
    assert catalog.quantity("amount").is_additive
    assert not catalog.quantity("win_rate").is_additive
