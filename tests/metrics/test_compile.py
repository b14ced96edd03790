"""The compiled query as a whole: columns, order, limit, sentence, lineage, other dialects, and what is refused."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlglot

from core.errors import InvalidError
from core.result import Column, ColumnType
from metrics import Catalog, CompileContext, Grain, Lineage, MetricQuery, compile_once, compile_query
from tests.metrics.small_store import SmallStore

Shop = tuple[SmallStore, Catalog]


def test_columns_say_what_they_are(shop: Shop) -> None:
    _, catalog = shop
    compiled = compile_query(
        catalog, MetricQuery(metrics=("revenue", "orders"), by=("status", "payer.sector"), grain=Grain.MONTH)
    )
    assert compiled.columns == (
        Column(name="period", label="Month", type=ColumnType.DATE),
        Column(name="status", label="Status", type=ColumnType.TEXT),
        Column(name="payer.sector", label="Sector (Payer)", type=ColumnType.TEXT),
        Column(name="revenue", label="Revenue", type=ColumnType.NUMBER, unit="EUR", decimals=2, is_metric=True),
        Column(name="orders", label="Orders", type=ColumnType.INTEGER, unit="orders", is_metric=True),
    )


def test_lineage_leads_to_every_table_a_metric_counts(shop: Shop) -> None:
    _, catalog = shop
    compiled = compile_query(catalog, MetricQuery(metrics=("revenue_per_ticket", "tickets")))
    assert compiled.lineage == (
        Lineage(metric="revenue_per_ticket", model="orders", table="orders"),
        Lineage(metric="revenue_per_ticket", model="tickets", table="tickets"),
        Lineage(metric="tickets", model="tickets", table="tickets"),
    )


def test_rows_come_by_period_then_dimensions_with_nulls_last(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("orders",), by=("status",), grain=Grain.YEAR))
    year = dt.date(2024, 1, 1)
    assert rows == [(year, "open", 2), (year, "paid", 3), (year, None, 1), (None, "paid", 1)]


def test_rows_are_ordered_by_metrics_and_ties_by_dimensions(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("orders", "revenue"), by=("customer",), order=("-orders",))
    assert [row[0] for row in store.ask(catalog, query)] == ["ada", "bob", "cyd", "eve", None]
    query = MetricQuery(metrics=("revenue",), by=("customer",), order=("-revenue",), limit=2)
    assert store.ask(catalog, query) == [(None, Decimal("80.00")), ("eve", Decimal("40.00"))]
    query = MetricQuery(metrics=("revenue",), by=("customer",), order=("revenue",))
    assert [row[0] for row in store.ask(catalog, query)] == ["bob", "ada", "eve", None, "cyd"]


def test_order_means_the_result_column_where_the_table_has_one_of_that_name() -> None:
    store = SmallStore("CREATE TABLE t AS SELECT unnest([1, 2, 3]) AS n, unnest([9, 5, 7]) AS v")
    catalog = store.catalog(
        """
        model: m
        table: t
        dimensions: {n: {sql: "-n"}}
        measures: {v: {agg: sum, sql: "-v"}}
        metrics: {v: {kind: simple, measure: v}}
        """
    )
    assert store.ask(catalog, MetricQuery(metrics=("v",), by=("n",))) == [(-3, -7), (-2, -5), (-1, -9)]
    assert store.ask(catalog, MetricQuery(metrics=("v",), by=("n",), order=("v",))) == [(-1, -9), (-3, -7), (-2, -5)]


def test_the_smaller_limit_holds(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("orders",), by=("customer",), limit=3)
    assert len(store.ask(catalog, query)) == 3
    assert len(store.ask(catalog, query, CompileContext(max_rows=2))) == 2
    assert len(store.ask(catalog, MetricQuery(metrics=("orders",), by=("customer",)), CompileContext(max_rows=4))) == 4


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (MetricQuery(metrics=()), "Ask for at least one metric. Known: buyers,"),
        (MetricQuery(metrics=("revenu",)), r"no metric revenu\. Did you mean revenue"),
        (MetricQuery(metrics=("zzz",)), r"no metric zzz\. Known: buyers, customers,"),
        (MetricQuery(metrics=("orders", "orders")), "orders is asked for twice"),
        (MetricQuery(metrics=("orders",), by=("status", "status")), "status is asked for twice"),
        (MetricQuery(metrics=("minutes",), by=("opened",), order=("open",)), r"no column open.*Did you mean opened"),
        (MetricQuery(metrics=("orders",), order=("period",)), "no column period to order by"),
        (MetricQuery(metrics=("orders",), limit=0), "The limit is 0; it must be at least 1"),
    ],
)
def test_what_is_unknown_or_contradictory_is_refused(shop: Shop, query: MetricQuery, message: str) -> None:
    _, catalog = shop
    with pytest.raises(InvalidError, match=message):
        compile_query(catalog, query)


def test_a_day_the_week_cannot_start_on_is_refused(shop: Shop) -> None:
    _, catalog = shop
    with pytest.raises(InvalidError, match="cannot start on day 7"):
        compile_query(catalog, MetricQuery(metrics=("orders",)), CompileContext(week_start=7))


def test_a_metric_and_a_dimension_of_one_name_cannot_both_be_columns(shop: Shop) -> None:
    _, catalog = shop
    with pytest.raises(InvalidError, match="pieces is asked for twice; the columns of a result need different names"):
        compile_query(catalog, MetricQuery(metrics=("pieces",), by=("pieces",)))
    assert compile_query(catalog, MetricQuery(metrics=("pieces",), by=("orders.pieces",))).columns


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (MetricQuery(metrics=("revenue",)), "Revenue."),
        (
            MetricQuery(
                metrics=("price", "orders"),
                by=("status", "payer.sector"),
                grain=Grain.QUARTER,
                start=dt.date(2024, 1, 1),
                end=dt.date(2024, 12, 31),
                where="customer = 'ada' AND (pieces > 1 OR pieces IS NULL)",
            ),
            "Price for each piece and orders by status, sector (Payer) and quarter,"
            " ordered from 1 Jan 2024 to 31 Dec 2024,"
            " where customer is ada and (pieces is more than 1 or pieces is empty).",
        ),
        (
            MetricQuery(metrics=("orders",), by=("customer",), order=("-orders", "customer"), limit=5),
            "Orders by customer, highest orders first, then by customer, at most 5 rows.",
        ),
        (
            MetricQuery(metrics=("orders_shipped", "tickets"), start=dt.date(2024, 5, 1), end=dt.date(2024, 5, 1)),
            "Orders shipped and tickets, shipping date and opened on 1 May 2024.",
        ),
        (MetricQuery(metrics=("orders",), end=dt.date(2024, 5, 1)), "Orders, ordered until 1 May 2024."),
        (
            MetricQuery(
                metrics=("orders",), where="customer NOT IN ('a','b','c','d','e','f','g') AND NOT status LIKE 'p%'"
            ),
            "Orders, where customer is none of a, b, c, d, e and 2 more values and not (status is like 'p%').",
        ),
        (
            MetricQuery(metrics=("orders",), where="pieces BETWEEN 1 AND 2 AND is_rush != TRUE AND status != ''"),
            "Orders, where pieces is between 1 and 2 and is rush is not true and status is not ''.",
        ),
        (
            MetricQuery(
                metrics=("orders",),
                by=("status",),
                grain=Grain.MONTH,
                start=dt.date(2024, 1, 1),
                end=dt.date(2024, 5, 1),
                compare=("prior_year", "2 weeks"),
                top=3,
                having="orders > 1 AND status != 'x'",
                has_totals=True,
                is_filled=True,
            ),
            "Orders by status and month, ordered from 1 Jan 2024 to 1 May 2024, compared with prior year and 14 days"
            " before, the 3 members of status with the highest orders and all others together, rows whose orders is"
            " more than 1 and status is not x, with totals, with empty periods.",
        ),
    ],
)
def test_the_sentence_says_the_question(shop: Shop, query: MetricQuery, sentence: str) -> None:
    _, catalog = shop
    assert compile_query(catalog, query).sentence == sentence


def test_equal_questions_compile_to_equal_queries(shop: Shop) -> None:
    _, catalog = shop
    query = MetricQuery(metrics=("price", "tickets"), by=("customer",), where="customer != 'x'")
    first, second = compile_query(catalog, query), compile_query(catalog, query)
    assert first == second
    assert hash(first) == hash(second)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_the_tree_renders_for_other_engines_and_stays_as_it_is(shop: Shop, dialect: str) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("price", "tickets"), by=("customer",), grain=Grain.WEEK, where="customer != 'x'")
    compiled = compile_query(catalog, query, CompileContext(zone="Europe/Berlin", week_start=6))
    assert sqlglot.parse_one(compiled.to_sql(dialect), dialect=dialect)
    assert compiled.to_sql("duckdb", pretty=False) == compiled.sql
    shown = store.connection.execute(compiled.to_sql(), compiled.parameters).fetchall()
    assert shown == store.run(compiled)


def test_the_sql_is_what_sqlglot_itself_would_write(shop: Shop) -> None:
    _, catalog = shop
    for by in ((), ("customer",)):
        sql = compile_query(catalog, MetricQuery(metrics=("price", "tickets", "revenue"), by=by, limit=3)).sql
        assert sqlglot.parse_one(sql, dialect="duckdb").sql("duckdb") == sql


def test_a_question_that_was_compiled_before_is_found_again_until_anything_of_it_changes(shop: Shop) -> None:
    _, catalog = shop
    query = MetricQuery(metrics=("orders",), range="this month")
    day, later = (CompileContext(today=dt.date(2024, month, 5)) for month in (1, 2))
    first = compile_once(catalog, query, day)
    assert compile_once(catalog, MetricQuery(metrics=("orders",), range="this month"), day) is first
    assert compile_once(catalog, query, later).parameters != first.parameters
    assert first == compile_query(catalog, query, day)
    for _ in range(2):
        with pytest.raises(InvalidError, match="There is no metric order\\. "):
            compile_once(catalog, MetricQuery(metrics=("order",)), day)
