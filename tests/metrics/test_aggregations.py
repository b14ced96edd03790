"""Each way to aggregate, against hand-counted values of the small shop."""

import datetime as dt
from decimal import Decimal

import pytest

from core.result import ColumnType
from metrics import Catalog, DefinitionError, Grain, MetricQuery, compile_query
from tests.metrics.shop import TABLES
from tests.metrics.small_store import Rows, SmallStore

Shop = tuple[SmallStore, Catalog]


@pytest.mark.parametrize(
    ("metric", "expected", "type_"),
    [
        ("revenue", Decimal("160.30"), ColumnType.NUMBER),
        ("paid_revenue", Decimal("150.30"), ColumnType.NUMBER),
        ("orders", 7, ColumnType.INTEGER),
        ("orders_with_pieces", 6, ColumnType.INTEGER),
        ("buyers", 4, ColumnType.INTEGER),
        ("mean_amount", pytest.approx(160.30 / 6), ColumnType.NUMBER),
        ("middle_pieces", 1.5, ColumnType.NUMBER),
        ("first_order", dt.date(2024, 1, 1), ColumnType.DATE),
        ("last_order", dt.date(2024, 4, 1), ColumnType.DATE),
        ("price", pytest.approx(160.30 / 14), ColumnType.NUMBER),
    ],
)
def test_aggregate_of_all_rows(shop: Shop, metric: str, expected: object, type_: ColumnType) -> None:
    store, catalog = shop
    compiled = compile_query(catalog, MetricQuery(metrics=(metric,)))
    assert store.run(compiled) == [(expected,)]
    assert compiled.columns[0].type is type_


def test_sums_of_decimals_stay_exact(shop: Shop) -> None:
    store, catalog = shop
    store.sql("INSERT INTO orders (id, status, amount) SELECT 100 + i, 'paid', 0.10 FROM range(1000) AS r(i)")
    assert store.ask(catalog, MetricQuery(metrics=("revenue",))) == [(Decimal("260.30"),)]


def test_ratio_is_null_when_denominator_is_zero(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("price",), by=("customer",)))
    assert rows == [("ada", pytest.approx(10.1)), ("bob", None), ("cyd", None), ("eve", 10.0), (None, None)]


def test_ratio_divides_whole_numbers_exactly(shop: Shop) -> None:
    store, catalog = shop
    assert store.ask(catalog, MetricQuery(metrics=("tickets_per_order",))) == [(4 / 7,)]


def test_ratio_of_ratios_is_computed_at_the_grain_asked_for(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("price_squared",), by=("status",)))
    expected = store.sql(
        "SELECT status, sum(amount)::DOUBLE / nullif(sum(pieces), 0) / nullif(avg(amount), 0) FROM orders GROUP BY 1"
        " ORDER BY 1 NULLS LAST"
    )
    assert rows == [(status, pytest.approx(value) if value else None) for status, value in expected]


def test_metrics_of_one_model_are_one_scan(shop: Shop) -> None:
    _, catalog = shop
    query = MetricQuery(metrics=("revenue", "paid_revenue", "orders", "price"), by=("status",))
    compiled = compile_query(catalog, query)
    assert compiled.sql.count('FROM "orders"') == 1
    assert "FILTER" in compiled.sql


def test_a_measure_filter_with_or_keeps_its_meaning_beside_a_range(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("paid_revenue",), start=dt.date(2024, 1, 1), end=dt.date(2024, 1, 31))
    assert store.ask(catalog, query) == [(Decimal("30.30"),)]


def test_parts_add_up_to_the_whole(shop: Shop) -> None:
    store, catalog = shop
    for dimension in catalog.dimensions_of(["revenue"]):
        rows = store.ask(catalog, MetricQuery(metrics=("revenue", "orders"), by=(dimension.name,)))
        assert sum(amount or 0 for _, amount, _ in rows) == Decimal("160.30"), dimension.name
        assert sum(count for _, _, count in rows) == 7, dimension.name
    for grain in set(Grain) - {Grain.HOUR, Grain.RETAIL_MONTH}:
        rows = store.ask(catalog, MetricQuery(metrics=("revenue", "orders"), grain=grain))
        assert sum(amount or 0 for _, amount, _ in rows) == Decimal("160.30"), grain


@pytest.mark.parametrize(
    ("fraction", "expected"), [("0", 0.0), ("0.5", 1.5), ("0.9", 5.5), (".95", 6.25), ("1", 7.0), ("1.0", 7.0)]
)
def test_a_percentile_lies_between_the_nearest_values(fraction: str, expected: float) -> None:
    # The pieces are 0, 0, 1, 2, 4 and 7, so the value at 0.9 is half-way from the fifth to the sixth.
    assert ask_percentile(f"p: {fraction}") == [(pytest.approx(expected),)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("q: 0.5", "measure high has no `p`: the share of values below it, such as 0.9"),
        ("p: 1.5", "`p` of measure high is '1.5'; it must be a number from 0 to 1"),
        ("p: 90", "`p` of measure high is '90'"),
        ("p: .", "it must be a number from 0 to 1"),
    ],
)
def test_a_percentile_needs_a_share_of_values(line: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        ask_percentile(line)
    assert message in caught.value.message


def ask_percentile(line: str) -> Rows:
    store = SmallStore(*TABLES)
    catalog = store.catalog(
        f"""
        model: orders
        table: orders
        measures: {{high: {{agg: percentile, sql: pieces, {line}}}}}
        metrics: {{high: {{kind: simple, measure: high}}}}
        """
    )
    compiled = compile_query(catalog, MetricQuery(metrics=("high",)))
    assert compiled.columns[0].type is ColumnType.NUMBER
    return store.run(compiled)
