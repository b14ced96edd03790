"""Metrics of different models or time dimensions: aggregated apart, then merged with nothing dropped."""

import datetime as dt
from decimal import Decimal

from metrics import Catalog, CompileContext, Grain, MetricQuery, compile_query
from tests.metrics.small_store import SmallStore

Shop = tuple[SmallStore, Catalog]


def test_members_of_either_model_are_kept_and_null_keys_meet(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("orders", "tickets"), by=("customer",)))
    assert rows == [("ada", 2, 1), ("bob", 2, 1), ("cyd", 1, 0), ("eve", 1, 0), ("zoe", 0, 1), (None, 1, 1)]


def test_no_model_multiplies_the_rows_of_another(shop: Shop) -> None:
    store, catalog = shop
    store.sql("INSERT INTO tickets SELECT 100 + i, 'ada', 1, '2024-01-15', NULL FROM range(50) AS r(i)")
    rows = store.ask(catalog, MetricQuery(metrics=("revenue", "minutes"), by=("customer",), where="customer = 'ada'"))
    assert rows == [("ada", Decimal("30.30"), 80)]


def test_a_count_without_rows_is_zero_and_a_sum_is_null(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("orders", "revenue", "minutes", "tickets"), by=("customer",), where="customer = 'zoe'")
    assert store.ask(catalog, query) == [("zoe", 0, None, None, 1)]


def test_several_keys_with_nulls_in_both_meet(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("orders", "tickets"), by=("customer",), grain=Grain.QUARTER)
    rows = store.ask(catalog, query)
    first, second = dt.date(2024, 1, 1), dt.date(2024, 4, 1)
    assert rows == [
        (first, "ada", 2, 1),
        (first, "bob", 2, 1),
        (first, "eve", 1, 0),
        (second, "cyd", 1, 0),
        (second, "zoe", 0, 1),
        (second, None, 0, 1),
        (None, None, 1, 0),
    ]


def test_a_ratio_over_two_models_is_computed_after_merging(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("revenue_per_ticket",), by=("customer",)))
    assert rows == [("ada", 30.3), ("bob", 10.0), ("cyd", None), ("eve", None), ("zoe", None), (None, 80.0)]


def test_one_model_by_two_time_dimensions(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(
        metrics=("orders", "orders_shipped"), grain=Grain.MONTH, start=dt.date(2024, 1, 1), end=dt.date(2024, 3, 31)
    )
    rows = store.ask(catalog, query)
    assert rows == [(dt.date(2024, 1, 1), 2, 1), (dt.date(2024, 2, 1), 2, 1), (dt.date(2024, 3, 1), 1, 0)]


def test_a_range_without_a_grain_holds_for_each_time_dimension(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(
        metrics=("orders", "orders_shipped", "tickets"), start=dt.date(2024, 1, 1), end=dt.date(2024, 1, 31)
    )
    assert store.ask(catalog, query) == [(2, 1, 1)]


def test_without_time_two_time_dimensions_of_a_model_are_one_scan(shop: Shop) -> None:
    store, catalog = shop
    compiled = compile_query(catalog, MetricQuery(metrics=("orders", "orders_shipped")))
    assert store.run(compiled) == [(7, 7)]
    assert "UNION" not in compiled.sql


def test_text_and_dates_merge_like_numbers(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("first_note", "last_order"), by=("customer",)))
    assert rows[:2] == [("ada", "b", dt.date(2024, 1, 31)), ("bob", "a", dt.date(2024, 2, 1))]


def test_three_models_by_a_dimension_reached_three_ways(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("customers", "tickets", "orders"), by=("customers.sector",))
    rows = store.ask(catalog, query)
    assert rows == [("food", 2, 1, 2), ("tools", 1, 1, 2), (None, 1, 2, 3)]


def test_an_empty_answer_has_one_row_without_dimensions_and_none_with(shop: Shop) -> None:
    store, catalog = shop
    metrics = ("orders", "revenue", "tickets")
    assert store.ask(catalog, MetricQuery(metrics=metrics, where="customer = 'nobody'")) == [(0, None, 0)]
    assert store.ask(catalog, MetricQuery(metrics=metrics, by=("customer",), where="customer = 'nobody'")) == []


def test_equal_values_are_bound_once(shop: Shop) -> None:
    _, catalog = shop
    query = MetricQuery(metrics=("orders", "tickets"), where="customer = 'ada'", start=dt.date(2024, 1, 1))
    assert compile_query(catalog, query, CompileContext()).parameters == (dt.date(2024, 1, 1), "ada")
