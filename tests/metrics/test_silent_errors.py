"""Errors other tools make without a word, each shown not to happen here. Answers are counted by hand."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import RefusedError
from metrics import Catalog, CompileContext, DefinitionError, Grain, MetricQuery, compile_query
from tests.metrics.small_store import SmallStore

TABLES = (
    "CREATE TABLE regions AS SELECT * FROM (VALUES ('n', 'North'), ('s', 'South')) AS r(id, name)",
    "CREATE TABLE shops AS SELECT * FROM (VALUES (1, 'n'), (2, 'n'), (3, NULL)) AS s(id, region)",
    """CREATE TABLE bills AS SELECT * FROM (VALUES
       (10, 1, 100.00, DATE '2024-02-28'), (11, 1, 50.00, DATE '2024-02-29'), (12, 2, 30.00, DATE '2024-03-01'),
       (13, 3, 7.00, DATE '2023-02-28'), (14, NULL, 1.00, DATE '2023-03-01')) AS b(id, shop, amount, day)""",
    """CREATE TABLE lines AS SELECT * FROM (VALUES
       (10, 1, 1), (10, 2, 3), (10, 3, 4), (11, 1, 2), (12, 1, NULL), (99, 1, 9)) AS l(bill, line, pieces)""",
)

REGIONS = "{model: regions, table: regions, key: id, dimensions: {region: {column: name}}}"

SHOPS = """
    model: shops
    table: shops
    key: id
    joins: [{to: regions, on: {region: id}}]
    dimensions: {shop: {column: id}}
    measures: {shops: {agg: count}}
    metrics: {shops: {kind: simple, measure: shops}}
"""

BILLS = """
    model: bills
    table: bills
    key: id
    time: day
    joins: [{to: shops, on: {shop: id}}]
    dimensions: {bill: {column: id}, day: {}}
    measures:
      amount: {agg: sum, sql: amount}
      bills: {agg: count}
      mean: {agg: average, sql: amount}
      shops_billed: {agg: count_distinct, sql: shop}
    metrics:
      amount: {kind: simple, measure: amount}
      bills: {kind: simple, measure: bills}
      mean: {kind: simple, measure: mean}
      shops_billed: {kind: simple, measure: shops_billed}
      amount_for_each_shop: {kind: derived, formula: amount / shops}
"""

LINES = """
    model: lines
    table: lines
    key: [bill, line]
    joins: [{to: bills, on: {bill: id}}]
    dimensions: {bill: {}}
    measures: {pieces: {agg: sum, sql: pieces}, lines: {agg: count}}
    metrics:
      pieces: {kind: simple, measure: pieces}
      amount_of_a_piece: {kind: ratio, numerator: amount, denominator: pieces}
      lines_of_a_bill: {kind: derived, formula: lines / bills}
"""


@pytest.fixture
def chain() -> tuple[SmallStore, Catalog]:
    """Lines of bills of shops of regions: three hops, each of which could count rows twice the other way round."""
    store = SmallStore(*TABLES)
    return store, store.catalog(REGIONS, SHOPS, BILLS, LINES)


Chain = tuple[SmallStore, Catalog]


def one_number(chain: Chain, metric: str) -> object:
    store, catalog = chain
    ((value,),) = store.ask(catalog, MetricQuery(metrics=(metric,)))
    return value


def test_a_measure_is_not_doubled_by_the_rows_of_a_finer_table(chain: Chain) -> None:
    store, catalog = chain
    rows = store.ask(catalog, MetricQuery(metrics=("amount", "pieces"), by=("region",)))
    assert rows == [("North", Decimal("180.00"), 10), (None, Decimal("8.00"), 9)]


def test_a_composite_of_measures_is_not_doubled(chain: Chain) -> None:
    assert one_number(chain, "amount_of_a_piece") == pytest.approx(188 / 19)
    assert one_number(chain, "lines_of_a_bill") == pytest.approx(6 / 5)


def test_a_measure_is_not_doubled_through_two_hops(chain: Chain) -> None:
    store, catalog = chain
    rows = store.ask(catalog, MetricQuery(metrics=("shops", "pieces"), by=("region",)))
    assert rows == [("North", 2, 10), (None, 1, 9)]


def test_splitting_by_a_dimension_of_a_finer_table_is_refused(chain: Chain) -> None:
    _, catalog = chain
    with pytest.raises(RefusedError, match="model shops has no such dimension and no join that leads to one"):
        compile_query(catalog, MetricQuery(metrics=("shops",), by=("bill",)))
    with pytest.raises(RefusedError, match="Metric amount_for_each_shop cannot be split or filtered by bill"):
        compile_query(catalog, MetricQuery(metrics=("amount_for_each_shop",), by=("bill",)))


def test_a_join_that_leads_to_the_many_is_refused() -> None:
    store = SmallStore(*TABLES)
    backwards = SHOPS.replace("joins: [{to: regions, on: {region: id}}]", "joins: [{to: bills, on: {id: shop}}]")
    with pytest.raises(DefinitionError, match="could count rows more than once"):
        store.catalog(backwards, BILLS.replace("joins: [{to: shops, on: {shop: id}}]", ""))


def test_a_total_of_averages_is_the_average_of_all_rows(chain: Chain) -> None:
    store, catalog = chain
    by_shop = store.ask(catalog, MetricQuery(metrics=("mean",), by=("shop",)))
    assert [mean for _, mean in by_shop] == [75.0, 30.0, 7.0, 1.0]
    assert one_number(chain, "mean") == pytest.approx(188 / 5)


def test_a_total_of_distinct_counts_counts_each_member_once(chain: Chain) -> None:
    store, catalog = chain
    by_year = store.ask(catalog, MetricQuery(metrics=("shops_billed",), grain=Grain.MONTH))
    assert [count for _, count in by_year] == [1, 0, 1, 1]
    store.sql("INSERT INTO bills VALUES (15, 1, 5.00, DATE '2024-03-02')")
    assert one_number(chain, "shops_billed") == 3


def test_null_keys_of_several_models_meet_in_one_row(chain: Chain) -> None:
    store, catalog = chain
    rows = store.ask(catalog, MetricQuery(metrics=("bills", "shops"), by=("shop",)))
    assert rows == [(1, 2, 1), (2, 1, 1), (3, 1, 1), (None, 1, 0)]


def test_a_filter_on_a_joined_dimension_keeps_rows_without_a_partner_where_it_says_so(chain: Chain) -> None:
    store, catalog = chain
    query = MetricQuery(metrics=("bills",), where="region = 'North' OR region IS NULL")
    assert store.ask(catalog, query) == [(5,)]
    assert store.ask(catalog, MetricQuery(metrics=("bills",), by=("shop",), where="region IS NULL")) == [
        (3, 1),
        (None, 1),
    ]


def test_a_join_drops_no_row_without_a_partner(chain: Chain) -> None:
    store, catalog = chain
    assert store.ask(catalog, MetricQuery(metrics=("bills",), by=("region",))) == [("North", 3), (None, 2)]


def test_an_expression_of_a_joined_model_makes_no_value_for_rows_without_a_partner() -> None:
    store = SmallStore(*TABLES)
    guessing = "{model: regions, table: regions, key: id, dimensions: {region: {sql: \"coalesce(name, 'unknown')\"}}}"
    catalog = store.catalog(guessing, SHOPS, BILLS)
    assert store.ask(catalog, MetricQuery(metrics=("bills",), by=("region",))) == [("North", 3), (None, 2)]
    assert store.ask(catalog, MetricQuery(metrics=("bills",), where="region != 'North'")) == [(0,)]
    assert store.ask(catalog, MetricQuery(metrics=("bills",), where="region IS NULL")) == [(2,)]


def test_the_29th_of_february_is_a_day_of_its_own_and_of_its_month(chain: Chain) -> None:
    store, catalog = chain
    february = MetricQuery(metrics=("amount",), start=dt.date(2024, 2, 1), end=dt.date(2024, 2, 29))
    assert store.ask(catalog, february) == [(Decimal("150.00"),)]
    by_day = MetricQuery(metrics=("amount",), grain=Grain.DAY, start=dt.date(2024, 2, 28), end=dt.date(2024, 3, 1))
    assert [row[0] for row in store.ask(catalog, by_day)] == [
        dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 1),
    ]  # fmt: skip


def test_a_ratio_whose_parts_are_null_is_null_and_never_zero(chain: Chain) -> None:
    store, catalog = chain
    no_pieces = MetricQuery(metrics=("amount_of_a_piece",), by=("shop",))
    assert store.ask(catalog, no_pieces) == [(1, 15.0), (2, None), (3, None), (None, pytest.approx(1 / 9))]


@pytest.mark.parametrize(
    ("week_start", "first"), [(0, "2024-02-26"), (2, "2024-02-28"), (4, "2024-02-23"), (6, "2024-02-25")]
)
def test_the_week_starts_where_the_tenant_says(chain: Chain, week_start: int, first: str) -> None:
    store, catalog = chain
    query = MetricQuery(metrics=("bills",), grain=Grain.WEEK, start=dt.date(2024, 2, 28), end=dt.date(2024, 2, 28))
    rows = store.ask(catalog, query, CompileContext(week_start=week_start))
    assert rows == [(dt.date.fromisoformat(first), 1)]


def test_a_median_of_decimals_is_not_rounded_to_their_scale() -> None:
    store = SmallStore("CREATE TABLE prices AS SELECT unnest([0.01, 0.02])::DECIMAL(10, 2) AS price")
    catalog = store.catalog(
        """
        model: prices
        table: prices
        measures: {middle: {agg: median, sql: price}, low: {agg: percentile, p: 0.25, sql: price}}
        metrics: {middle: {kind: simple, measure: middle}, low: {kind: simple, measure: low}}
        """
    )
    assert store.ask(catalog, MetricQuery(metrics=("middle", "low"))) == [(pytest.approx(0.015), pytest.approx(0.0125))]


def test_members_of_different_types_are_not_taken_for_each_other() -> None:
    store = SmallStore("CREATE TABLE a AS SELECT 1 AS code", "CREATE TABLE b AS SELECT '1' AS code")
    model = """
    model: {0}
    table: {0}
    dimensions: {{code: {{}}}}
    measures: {{n: {{agg: count}}}}
    metrics: {{n_{0}: {{kind: simple, measure: n}}}}
    """
    catalog = store.catalog(model.format("a"), model.format("b"))
    with pytest.raises(RefusedError, match=r"Dimension code is integer in model a and text in model b"):
        compile_query(catalog, MetricQuery(metrics=("n_a", "n_b"), by=("code",)))
    assert store.ask(catalog, MetricQuery(metrics=("n_a", "n_b"))) == [(1, 1)]
