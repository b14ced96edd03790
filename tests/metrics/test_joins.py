"""Joined dimensions: no row lost, none counted twice, only the joins that are needed, and names that mean one thing."""

from decimal import Decimal

import pytest

from core.errors import InvalidError, RefusedError
from metrics import Catalog, MetricQuery, compile_query
from tests.metrics.small_store import SmallStore

Shop = tuple[SmallStore, Catalog]


def test_rows_without_a_partner_stay_as_null(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("orders",), by=("customers.sector",)))
    assert rows == [("food", 2), ("tools", 2), (None, 3)]


def test_two_hops_reach_a_dimension(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("orders",), by=("customers.countries.continent",)))
    assert rows == [("America", 2), ("Europe", 2), (None, 3)]


def test_two_joins_to_one_model_are_told_apart(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("orders",), by=("customers.sector", "payer.sector")))
    assert rows == [
        ("food", "food", 2),
        ("tools", "food", 1),
        ("tools", "tools", 1),
        (None, "tools", 1),
        (None, None, 2),
    ]


def test_a_name_with_several_meanings_is_refused_with_all_of_them(shop: Shop) -> None:
    _, catalog = shop
    with pytest.raises(RefusedError, match=r"several things.*write customers\.sector or payer\.sector"):
        compile_query(catalog, MetricQuery(metrics=("orders",), by=("sector",)))
    listed = "customers.countries.continent or payer.countries.continent"
    with pytest.raises(RefusedError, match=listed):
        compile_query(catalog, MetricQuery(metrics=("orders",), by=("countries.continent",)))


def test_a_bare_name_reaches_the_only_dimension_of_that_name(shop: Shop) -> None:
    store, catalog = shop
    assert store.ask(catalog, MetricQuery(metrics=("tickets",), by=("continent",))) == [
        ("America", 1),
        ("Europe", 1),
        (None, 2),
    ]


def test_a_bare_name_means_the_own_dimension_before_joined_ones() -> None:
    store = SmallStore(
        "CREATE TABLE price_list AS SELECT 'A 1' AS product",
        "CREATE TABLE sales AS SELECT unnest(['A 1', 'A1', 'A1']) AS product",
    )
    catalog = store.catalog(
        "{model: prices, table: price_list, key: product, dimensions: {product: {}}}",
        """
        model: sales
        table: sales
        joins: [{to: prices, on: {product: product}}]
        dimensions: {product: {}}
        measures: {sales: {agg: count}}
        metrics: {sales: {kind: simple, measure: sales}}
        """,
    )
    assert store.ask(catalog, MetricQuery(metrics=("sales",), by=("product",))) == [("A 1", 1), ("A1", 2)]
    assert store.ask(catalog, MetricQuery(metrics=("sales",), by=("sales.product",))) == [("A 1", 1), ("A1", 2)]
    assert store.ask(catalog, MetricQuery(metrics=("sales",), by=("prices.product",))) == [("A 1", 1), (None, 2)]


def test_a_join_to_the_own_model_reaches_the_parent() -> None:
    store = SmallStore(
        "CREATE TABLE people AS SELECT * FROM (VALUES (1, 'ann', NULL), (2, 'ben', 1)) AS p(id, name, boss)"
    )
    catalog = store.catalog(
        """
        model: people
        table: people
        key: id
        joins: [{name: boss, to: people, on: {boss: id}}]
        dimensions: {name: {}}
        measures: {people: {agg: count}}
        metrics: {people: {kind: simple, measure: people}}
        """
    )
    rows = store.ask(catalog, MetricQuery(metrics=("people",), by=("name", "boss.name")))
    assert rows == [("ann", None, 1), ("ben", "ann", 1)]


def test_joins_nobody_needs_are_left_out(shop: Shop) -> None:
    _, catalog = shop
    assert "JOIN" not in compile_query(catalog, MetricQuery(metrics=("orders",), by=("status",))).sql
    assert compile_query(catalog, MetricQuery(metrics=("orders",), by=("payer.sector",))).sql.count("JOIN") == 1


def test_a_filter_on_a_joined_dimension_can_ask_for_rows_without_a_partner(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("orders",), by=("customer",), where="customers.sector IS NULL"))
    assert rows == [("cyd", 1), ("eve", 1), (None, 1)]


def test_a_filter_on_one_joined_dimension_keeps_null_members_of_another(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("revenue",), by=("customers.sector",), where="payer.sector = 'tools'")
    assert store.ask(catalog, query) == [("tools", Decimal("20.20")), (None, Decimal("40.00"))]


def test_a_composite_key_joins_by_all_its_columns() -> None:
    store = SmallStore(
        "CREATE TABLE rates AS SELECT * FROM (VALUES ('EUR', 2023, 'low'), ('EUR', 2024, 'high')) AS r(cur, yr, level)",
        "CREATE TABLE bills AS FROM (VALUES ('EUR', 2023), ('EUR', 2024), ('EUR', 2024), ('EUR', 1)) AS b(cur, yr)",
    )
    catalog = store.catalog(
        "{model: rates, table: rates, key: [cur, yr], dimensions: {level: {}}}",
        """
        model: bills
        table: bills
        joins: [{to: rates, on: {cur: cur, yr: yr}}]
        measures: {bills: {agg: count}}
        metrics: {bills: {kind: simple, measure: bills}}
        """,
    )
    rows = store.ask(catalog, MetricQuery(metrics=("bills",), by=("level",)))
    assert rows == [("high", 2), ("low", 1), (None, 1)]


def test_an_unknown_dimension_names_the_nearest(shop: Shop) -> None:
    _, catalog = shop
    with pytest.raises(InvalidError, match=r"no dimension statos\. Did you mean status"):
        compile_query(catalog, MetricQuery(metrics=("orders",), by=("statos",)))
    with pytest.raises(InvalidError, match=r"no dimension statos\. Did you mean status"):
        compile_query(catalog, MetricQuery(metrics=("orders",), where="statos = 'x'"))


def test_a_dimension_one_metric_cannot_reach_is_refused_with_what_to_do(shop: Shop) -> None:
    _, catalog = shop
    query = MetricQuery(metrics=("orders", "tickets"), by=("status",))
    message = (
        "tickets cannot be split or filtered by status.*Add the dimension or a join to tickets, or leave tickets out"
    )
    with pytest.raises(RefusedError, match=message):
        compile_query(catalog, query)


def test_dimensions_of_several_metrics_are_those_all_can_be_split_by(shop: Shop) -> None:
    _, catalog = shop
    names = [dimension.name for dimension in catalog.dimensions_of(["orders", "tickets"])]
    assert names == ["customer", "customers.country", "customers.sector", "customers.countries.continent"]
    assert [dimension.name for dimension in catalog.dimensions_of(["tickets"])] == [
        "customer", "opened", "country", "sector", "continent",
    ]  # fmt: skip


def test_every_listed_dimension_can_be_asked_for(shop: Shop) -> None:
    store, catalog = shop
    for dimension in catalog.dimensions_of(["orders"]):
        for name in (dimension.name, dimension.qualified_name):
            compiled = compile_query(catalog, MetricQuery(metrics=("orders",), by=(name,)))
            assert compiled.columns[0].type is dimension.type
            assert sum(int(str(count)) for _, count in store.run(compiled)) == 7


def test_a_label_says_which_join_it_is_reached_by(shop: Shop) -> None:
    _, catalog = shop
    labels = {dimension.name: dimension.label for dimension in catalog.dimensions_of(["orders"])}
    assert (labels["status"], labels["payer.sector"]) == ("Status", "Sector (Payer)")


def test_models_that_join_each_other_do_not_go_in_circles() -> None:
    store = SmallStore("CREATE TABLE a AS SELECT 1 AS id, 1 AS b_id", "CREATE TABLE b AS SELECT 1 AS id, 1 AS a_id")
    catalog = store.catalog(
        """
        model: a
        table: a
        key: id
        joins: [{to: b, on: {b_id: id}}]
        measures: {n: {agg: count}}
        metrics: {n: {kind: simple, measure: n}}
        """,
        "{model: b, table: b, key: id, joins: [{to: a, on: {a_id: id}}], dimensions: {id: {}}}",
    )
    names = [dimension.qualified_name for dimension in catalog.dimensions_of(["n"])]
    assert names == ["b.id"]
    assert store.ask(catalog, MetricQuery(metrics=("n",), by=("id",))) == [(1, 1)]
