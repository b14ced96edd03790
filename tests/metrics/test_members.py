"""The values a filter menu offers, and the check that keys hold."""

import pytest

from core.errors import InvalidError, RefusedError
from metrics import Catalog, compile_key_check, compile_members
from tests.metrics.small_store import SmallStore

Shop = tuple[SmallStore, Catalog]


def test_members_come_with_their_rows_most_first_and_null_is_one(shop: Shop) -> None:
    store, catalog = shop
    compiled = compile_members(catalog, "customer", ["orders"])
    assert store.run(compiled) == [("ada", 2), ("bob", 2), ("cyd", 1), ("eve", 1), (None, 1)]
    assert [(column.label, str(column.type)) for column in compiled.columns] == [
        ("Customer", "text"),
        ("Rows", "integer"),
    ]


def test_members_of_several_models_are_counted_together(shop: Shop) -> None:
    store, catalog = shop
    rows = store.run(compile_members(catalog, "customer", ["orders", "tickets"]))
    assert rows == [("ada", 3), ("bob", 3), (None, 2), ("cyd", 1), ("eve", 1), ("zoe", 1)]
    assert store.run(compile_members(catalog, "customer")) == rows


def test_members_of_a_joined_dimension_count_the_rows_of_the_metric(shop: Shop) -> None:
    store, catalog = shop
    assert store.run(compile_members(catalog, "payer.sector", ["orders"])) == [("food", 3), ("tools", 2), (None, 2)]


def test_members_can_be_searched_and_limited(shop: Shop) -> None:
    store, catalog = shop
    assert store.run(compile_members(catalog, "customer", ["orders"], search="D")) == [("ada", 2), ("cyd", 1)]
    assert store.run(compile_members(catalog, "customer", ["orders"], search="%")) == []
    assert store.run(compile_members(catalog, "pieces", ["orders"], search="7")) == [(7, 1)]
    assert store.run(compile_members(catalog, "customer", ["orders"], limit=1)) == [("ada", 2)]


def test_what_is_searched_is_bound(shop: Shop) -> None:
    _, catalog = shop
    compiled = compile_members(catalog, "customer", ["orders"], search="x'; DROP TABLE orders")
    assert "DROP" not in compiled.sql
    assert compiled.parameters == ("x'; DROP TABLE orders",)


def test_unknown_names_are_refused_with_the_nearest(shop: Shop) -> None:
    _, catalog = shop
    with pytest.raises(InvalidError, match=r"no dimension custmer\. Did you mean customer"):
        compile_members(catalog, "custmer")
    with pytest.raises(InvalidError, match=r"no metric ordrs\. Did you mean orders"):
        compile_members(catalog, "customer", ["ordrs"])
    with pytest.raises(RefusedError, match="tickets cannot be split or filtered by status"):
        compile_members(catalog, "status", ["tickets"])
    with pytest.raises(InvalidError, match="at least 1"):
        compile_members(catalog, "customer", limit=0)


def test_a_key_that_repeats_or_is_null_is_listed(shop: Shop) -> None:
    store, catalog = shop
    store.sql("INSERT INTO customers VALUES ('ada', 'DE', 'toys'), (NULL, 'DE', 'toys')")
    check = compile_key_check(catalog, "customers")
    assert check is not None
    assert store.run(check) == [("ada", 2), (None, 1)]
    orders = compile_key_check(catalog, "orders")
    assert orders is not None
    assert store.run(orders) == []


def test_a_model_without_a_key_has_nothing_to_check(shop: Shop) -> None:
    _, catalog = shop
    assert compile_key_check(catalog, "tickets") is None
    with pytest.raises(InvalidError, match=r"no model ticket\. Did you mean tickets"):
        compile_key_check(catalog, "ticket")
