"""Errors other tools make over time without a word, each shown not to happen here. Answers are counted by hand."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import RefusedError
from metrics import Catalog, CompileContext, Grain, MetricQuery, compile_query
from metrics.policy import Reader, read_policies, resolve, restrict
from tests.metrics.small_store import SmallStore

TABLE = """CREATE TABLE paid AS SELECT * FROM (VALUES
    (1, 'a', 1.00, DATE '2024-01-29'), (1, 'a', 2.00, DATE '2024-01-30'), (2, 'b', 4.00, DATE '2024-01-31'),
    (2, 'a', 8.00, DATE '2024-02-29'), (3, 'b', 16.00, DATE '2024-03-31'), (3, 'a', 32.00, DATE '2024-05-01'),
    (1, NULL, 64.00, DATE '2023-02-28')) AS p(buyer, region, amount, day)"""
MODEL = """
    model: paid
    table: paid
    time: day
    dimensions: {region: {}, buyer: {}, day: {type: time}}
    measures: {amount: {agg: sum, sql: amount}, times: {agg: count}}
    metrics:
      amount: {kind: simple, measure: amount}
      times: {kind: simple, measure: times, target: visits}
      mean: {kind: ratio, numerator: amount, denominator: times}
      rolling: {kind: cumulative, measure: amount, window: 2 months}
      so_far: {kind: cumulative, measure: amount}
      rolling_before:
        kind: derived
        formula: before
        inputs: {before: {of: rolling, offset: 1 month}}
      kept: {kind: conversion, base: times, to: paid.times, entity: buyer, within: 1 day}
"""
VISITS = """
    model: visits
    table: visits
    time: seen
    dimensions: {seen: {type: time}}
    measures: {visits: {agg: count}}
    metrics:
      visits: {kind: simple, measure: visits}
      returned: {kind: conversion, base: visits, to: visits.visits, entity: next, to_entity: visitor, within: 1 day}
"""
JANUARY, MAY = dt.date(2024, 1, 1), dt.date(2024, 5, 31)
Store = tuple[SmallStore, Catalog]


@pytest.fixture(scope="module")
def store() -> Store:
    found = SmallStore(
        TABLE,
        """CREATE TABLE visits AS SELECT * FROM (VALUES (1, 2, TIMESTAMPTZ '2024-04-06 12:00:00+00'),
           (2, 9, TIMESTAMPTZ '2024-04-07 12:00:00+00')) AS v(visitor, next, seen)""",
    )
    return found, found.catalog(MODEL, VISITS)


def by_month(*metrics: str, by: tuple[str, ...] = (), is_filled: bool = False) -> MetricQuery:
    return MetricQuery(metrics=metrics, by=by, grain=Grain.MONTH, start=JANUARY, end=MAY, is_filled=is_filled)


def test_a_month_before_has_its_29th_30th_and_31st(store: Store) -> None:
    small, catalog = store
    query = MetricQuery(
        metrics=("amount",), grain=Grain.MONTH, start=dt.date(2024, 2, 1), end=dt.date(2024, 4, 30),
        compare=("1 month",),
    )  # fmt: skip
    before = {row[0].month: row[2] for row in small.ask(catalog, query)}
    assert before == {2: Decimal(7), 3: Decimal(8), 4: Decimal(16)}


def test_a_day_that_the_month_before_does_not_have_is_compared_with_its_last(store: Store) -> None:
    small, catalog = store
    day = dt.date(2024, 3, 31)
    query = MetricQuery(metrics=("amount",), start=day, end=day, grain=Grain.DAY, compare=("1 month",))
    assert [row[:3] for row in small.ask(catalog, query)] == [(day, Decimal(16), Decimal(8))]


def test_a_rolling_window_is_kept_under_a_shift_in_time(store: Store) -> None:
    small, catalog = store
    rows = small.ask(catalog, by_month("rolling", "rolling_before", is_filled=True))
    assert [row[1:] for row in rows] == [
        (Decimal(7), None), (Decimal(15), Decimal(7)), (Decimal(24), Decimal(15)), (Decimal(16), Decimal(24)),
        (Decimal(32), Decimal(16)),
    ]  # fmt: skip


def test_a_cumulative_value_is_there_in_an_empty_period_for_each_category(store: Store) -> None:
    small, catalog = store
    april = [row[1:] for row in small.ask(catalog, by_month("so_far", by=("region",))) if row[0].month == 4]
    assert april == [("a", Decimal(11)), ("b", Decimal(20)), (None, Decimal(64))]


def test_a_filled_period_has_counts_of_zero_and_ratios_of_null(store: Store) -> None:
    small, catalog = store
    rows = {row[0].month: row[1:] for row in small.ask(catalog, by_month("times", "amount", "mean", is_filled=True))}
    assert rows[4] == (0, None, None)
    assert rows[5] == (1, Decimal(32), 32.0)


def test_a_fiscal_year_begins_in_its_month(store: Store) -> None:
    small, catalog = store
    query = MetricQuery(metrics=("times",), grain=Grain.FISCAL_YEAR)
    rows = small.ask(catalog, query, CompileContext(fiscal_start_month=2))
    assert rows == [(dt.date(2023, 2, 1), 4), (dt.date(2024, 2, 1), 3)]


def test_a_retail_month_is_compared_with_the_one_before_whatever_its_length(store: Store) -> None:
    small, catalog = store
    # From 1 January 2024: months of 28 days, 28 days and 35 days; March's is compared with the four weeks before it.
    query = MetricQuery(
        metrics=("times",), grain=Grain.RETAIL_MONTH, start=dt.date(2024, 2, 26), end=dt.date(2024, 3, 31),
        compare=("prior_period",),
    )  # fmt: skip
    assert [row[:3] for row in small.ask(catalog, query)] == [(dt.date(2024, 2, 26), 2, 3)]


def test_a_comparison_without_a_first_day_is_refused_and_not_one_day(store: Store) -> None:
    _, catalog = store
    query = MetricQuery(metrics=("amount",), compare=("prior_year",))
    with pytest.raises(RefusedError, match="needs a first day"):
        compile_query(catalog, query, CompileContext(today=MAY))


def test_hours_are_not_filled_with_days(store: Store) -> None:
    _, catalog = store
    query = MetricQuery(metrics=("visits",), grain=Grain.HOUR, start=MAY, end=MAY, is_filled=True)
    with pytest.raises(RefusedError, match="filled by day or longer"):
        compile_query(catalog, query)


def test_a_conversion_is_counted_without_any_dates(store: Store) -> None:
    small, catalog = store
    # Every payment is followed by itself at the same moment.
    assert small.ask(catalog, MetricQuery(metrics=("kept",))) == [(1.0,)]


def test_a_day_to_convert_in_has_24_hours_whatever_clock_the_connection_has(store: Store) -> None:
    small, catalog = store
    # In the connection's zone the clock goes back between the two visits, so that a day there has 25 hours.
    assert small.ask(catalog, MetricQuery(metrics=("returned",))) == [(0.0,)]


def test_a_target_that_cannot_be_split_by_a_dimension_is_named(store: Store) -> None:
    _, catalog = store
    with pytest.raises(RefusedError, match="Metric visits cannot be split or filtered by region"):
        compile_query(catalog, MetricQuery(metrics=("times",), by=("region",), compare=("target",)))


def test_a_window_under_a_policy_counts_the_rows_that_are_seen(store: Store) -> None:
    small, catalog = store
    compiled = compile_query(catalog, by_month("so_far"))
    policy = "{policy: p, roles: [r], rows: [{table: paid, column: buyer, in: ['3', x]}]}"
    view = resolve(read_policies({"p": policy}).values(), catalog, small.schema(), Reader(roles=("r",)))
    assert view is not None
    rows = small.connection.execute(*restrict(compiled.tree, view, compiled.parameters)).fetchall()
    assert [amount for _, amount in rows] == [Decimal(16), Decimal(16), Decimal(48)]
