"""Definitions whose data changed under them: what is broken says why, everything else lives."""

import pytest

from core.errors import InvalidError, RefusedError
from metrics import (
    Catalog,
    DefinitionError,
    MetricQuery,
    compile_key_check,
    compile_members,
    compile_query,
    load_catalog,
)
from tests.metrics.shop import MODELS, TABLES
from tests.metrics.small_store import SmallStore, as_files

Schema = dict[str, dict[str, str]]


def load_without(*columns: str, models: tuple[str, ...] = MODELS) -> tuple[SmallStore, Catalog]:
    """The shop after columns (`table.column`) or whole tables have disappeared."""
    store = SmallStore(*TABLES)
    for gone in columns:
        table, _, column = gone.partition(".")
        store.sql(f"ALTER TABLE {table} DROP COLUMN {column}" if column else f"DROP TABLE {table}")
    return store, load_catalog(as_files(*models), store.schema(), is_lenient=True)


def refused(catalog: Catalog, query: MetricQuery) -> str:
    with pytest.raises(RefusedError) as caught:
        compile_query(catalog, query)
    return caught.value.message


def test_nothing_is_broken_while_everything_fits() -> None:
    _, catalog = load_without()
    assert (catalog.broken, catalog.broken_models, catalog.problems) == ({}, {}, ())


def test_a_lost_column_breaks_what_is_made_of_it_and_nothing_else() -> None:
    store, catalog = load_without("orders.pieces")
    assert sorted(catalog.broken) == [
        "middle_pieces", "orders_with_pieces", "pieces", "price", "price_squared",
    ]  # fmt: skip
    assert store.ask(catalog, MetricQuery(metrics=("orders", "tickets_per_order"), by=("customers.sector",)))
    assert "table orders has no column pieces" in catalog.broken["price"].message
    assert catalog.broken["price"].line == catalog.models["orders"].measures["pieces"].line


def test_asking_a_broken_metric_is_refused_with_the_reason() -> None:
    _, catalog = load_without("orders.pieces")
    message = refused(catalog, MetricQuery(metrics=("orders", "price")))
    assert message.startswith("Metric price cannot be computed at present: model_3.yaml:")
    assert "table orders has no column pieces" in message
    with pytest.raises(RefusedError, match="Metric price cannot be computed at present"):
        catalog.dimensions_of(["price"])
    with pytest.raises(InvalidError, match="There is no metric prise"):
        catalog.metric("prise")


def test_a_broken_dimension_is_refused_and_no_longer_listed() -> None:
    store, catalog = load_without("orders.status")
    assert "status" not in [dimension.name for dimension in catalog.dimensions_of(["orders"])]
    for query in (
        MetricQuery(metrics=("orders",), by=("status",)),
        MetricQuery(metrics=("orders",), where="status = 'x'"),
    ):
        assert refused(catalog, query).startswith("Dimension status cannot be used at present: model_3.yaml:")
    with pytest.raises(RefusedError, match="Dimension status cannot be used at present"):
        compile_members(catalog, "status")
    # What is left has one row for each order still.
    assert store.ask(catalog, MetricQuery(metrics=("orders",))) == [(7,)]
    assert "paid_revenue" in catalog.broken


def test_a_lost_table_breaks_its_model_and_the_joins_that_lead_there() -> None:
    store, catalog = load_without("customers")
    assert list(catalog.broken_models) == ["customers"]
    assert sorted(catalog.broken) == ["customers"]
    assert store.ask(catalog, MetricQuery(metrics=("orders", "tickets"))) == [(7, 4)]
    for name in ("customers.sector", "payer.countries.continent"):
        assert "no table 'customers' in the store" in refused(catalog, MetricQuery(metrics=("orders",), by=(name,)))
    with pytest.raises(RefusedError, match="Model customers cannot be used at present"):
        compile_key_check(catalog, "customers")


def test_a_lost_key_column_breaks_the_joins_but_not_the_models() -> None:
    store, catalog = load_without("countries.code")
    assert not catalog.broken
    assert "no column code" in refused(catalog, MetricQuery(metrics=("customers",), by=("continent",)))
    assert len(store.ask(catalog, MetricQuery(metrics=("customers",), by=("country",)))) == 4


def test_a_lost_time_column_breaks_the_metrics_counted_by_it() -> None:
    _, catalog = load_without("tickets.opened")
    assert sorted(catalog.broken) == [
        "first_note", "minutes", "revenue_per_ticket", "tickets", "tickets_per_order",
    ]  # fmt: skip
    assert all("no column opened" in problem.message for problem in catalog.broken.values())


def test_a_broken_dimension_keeps_its_name_so_that_no_other_is_taken_for_it() -> None:
    store = SmallStore(
        "CREATE TABLE teams AS SELECT 'a' AS id, 'West' AS region", "CREATE TABLE deals AS SELECT 'a' AS team"
    )
    catalog = load_catalog(
        as_files(
            "{model: teams, table: teams, key: id, dimensions: {region: {}}}",
            """
            model: deals
            table: deals
            joins: [{to: teams, on: {team: id}}]
            dimensions: {region: {}}
            measures: {deals: {agg: count}}
            metrics: {deals: {kind: simple, measure: deals}}
            """,
        ),
        store.schema(),
        is_lenient=True,
    )
    assert "no column region" in refused(catalog, MetricQuery(metrics=("deals",), by=("region",)))
    assert store.ask(catalog, MetricQuery(metrics=("deals",), by=("teams.region",))) == [("West", 1)]


def test_a_changed_type_breaks_the_measures_that_need_the_old_one() -> None:
    store = SmallStore(*TABLES)
    store.sql("ALTER TABLE orders ALTER amount TYPE VARCHAR")
    catalog = load_catalog(as_files(*MODELS), store.schema(), is_lenient=True)
    assert "cannot take the sum of VARCHAR values" in catalog.broken["revenue"].message
    assert store.ask(catalog, MetricQuery(metrics=("orders",))) == [(7,)]


@pytest.mark.parametrize("bad", ["model: [x", "", "model: orders\ntable: orders", "model: x\ntable: nothing"])
def test_a_file_that_cannot_be_used_does_not_take_the_others_with_it(bad: str) -> None:
    store = SmallStore(*TABLES)
    files = {**as_files(*MODELS), "z_bad.yaml": bad}
    catalog = load_catalog(files, store.schema(), is_lenient=True)
    assert [problem.file for problem in catalog.problems] == ["z_bad.yaml"]
    assert store.ask(catalog, MetricQuery(metrics=("orders",))) == [(7,)]
    with pytest.raises(DefinitionError):
        load_catalog(files, store.schema())


def test_circles_and_what_is_made_of_them_are_broken() -> None:
    store = SmallStore(*TABLES)
    text = as_files(
        """
        model: orders
        table: orders
        measures: {orders: {agg: count}}
        metrics:
          orders: {kind: simple, measure: orders}
          a: {kind: derived, formula: b + 1}
          b: {kind: derived, formula: a + 1}
          c: {kind: derived, formula: a + orders}
        """
    )
    catalog = load_catalog(text, store.schema(), is_lenient=True)
    assert (sorted(catalog.broken), list(catalog.metrics)) == (["a", "b", "c"], ["orders"])


@pytest.mark.parametrize("table", ["orders", "customers", "countries", "tickets"])
def test_every_metric_is_either_answered_or_broken_whatever_column_is_lost(table: str) -> None:
    columns = SmallStore(*TABLES).schema()[table]
    for column in columns:
        store, catalog = load_without(f"{table}.{column}")
        _ask_everything(store, catalog)
    store, catalog = load_without(table)
    _ask_everything(store, catalog)


def _ask_everything(store: SmallStore, catalog: Catalog) -> None:
    for metric in catalog.metrics:
        for dimension in catalog.dimensions_of([metric]):
            if dimension.name != metric:
                store.ask(catalog, MetricQuery(metrics=(metric,), by=(dimension.name,)))
    assert not set(catalog.metrics) & set(catalog.broken)
    assert len(catalog.metrics) + len(catalog.broken) == 19
