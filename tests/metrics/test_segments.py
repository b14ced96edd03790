"""Segments: a name for a filter, the same rows as the filter, and refused where it is not known."""

from textwrap import dedent

import pytest

from core.errors import InvalidError, RefusedError
from metrics import Catalog, DefinitionError, MetricQuery, load_catalog
from tests.metrics.shop import COUNTRIES, CUSTOMERS, ORDERS, TABLES, TICKETS
from tests.metrics.small_store import Rows, SmallStore

SEGMENTS = """    segments:
      paid: "status = 'paid'"
      german_or_food: "customers.country = 'DE' OR customers.sector = 'food'"
      both: "status = 'paid' AND is_rush = TRUE"
"""
ORDERS_WITH_SEGMENTS = ORDERS.rstrip() + "\n" + SEGMENTS


@pytest.fixture(scope="module")
def store() -> SmallStore:
    return SmallStore(*TABLES)


@pytest.fixture(scope="module")
def catalog(store: SmallStore) -> Catalog:
    return store.catalog(COUNTRIES, CUSTOMERS, ORDERS_WITH_SEGMENTS, TICKETS)


def orders(store: SmallStore, catalog: Catalog, where: str) -> Rows:
    return store.ask(catalog, MetricQuery(metrics=("orders", "revenue"), where=where))


@pytest.mark.parametrize(
    ("where", "by_hand"),
    [
        ("saved_segment = 'paid'", "status = 'paid'"),
        ("saved_segment != 'paid'", "NOT status = 'paid'"),
        ("saved_segment = 'german_or_food' AND amount > 5", "(country = 'DE' OR sector = 'food') AND amount > 5"),
        (
            "saved_segment IN ('both', 'german_or_food')",
            "status = 'paid' AND is_rush OR country = 'DE' OR sector = 'food'",
        ),
        ("saved_segment NOT IN ('both')", "NOT (status = 'paid' AND is_rush)"),
        ("NOT (saved_segment = 'both' OR pieces > 3)", "NOT (status = 'paid' AND is_rush OR pieces > 3)"),
    ],
)
def test_a_segment_is_its_filter(store: SmallStore, catalog: Catalog, where: str, by_hand: str) -> None:
    rows = store.sql(f"SELECT count(*), sum(amount) FROM orders LEFT JOIN customers USING (customer) WHERE {by_hand}")
    assert orders(store, catalog, where) == rows


def test_an_unknown_segment_and_another_comparison_are_refused(store: SmallStore, catalog: Catalog) -> None:
    with pytest.raises(InvalidError, match=r"There is no segment payed\..*paid"):
        orders(store, catalog, "saved_segment = 'payed'")
    with pytest.raises(InvalidError, match="Write saved_segment = 'name'"):
        orders(store, catalog, "saved_segment > 'paid'")
    with pytest.raises(RefusedError, match=r"cannot be split or filtered by status"):
        store.ask(catalog, MetricQuery(metrics=("tickets",), where="saved_segment = 'paid'"))


def test_what_is_wrong_with_a_segment_is_said_with_its_line(store: SmallStore) -> None:
    text = dedent(ORDERS_WITH_SEGMENTS).replace("status = 'paid' AND", "stats = 'paid' AND")
    text = text.replace("country =", "country ~")
    files = {"orders.yaml": text, "countries.yaml": dedent(COUNTRIES), "customers.yaml": dedent(CUSTOMERS)}
    with pytest.raises(DefinitionError) as caught:
        load_catalog(files, store.schema())
    found = str(caught.value)
    assert "segment both of model orders: there is no dimension stats" in found
    assert "segment german_or_food of model orders" in found
    twice = {**files, "orders.yaml": dedent(ORDERS_WITH_SEGMENTS)}
    twice["tickets.yaml"] = dedent(TICKETS.rstrip() + "\n    segments: {paid: \"customer = 'ada'\"}\n")
    with pytest.raises(DefinitionError, match="segment paid is already defined"):
        load_catalog(twice, store.schema())
