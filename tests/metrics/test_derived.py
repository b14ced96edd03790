"""Derived metrics: arithmetic over measures and metrics, computed at the grain of the question."""

import datetime as dt
from decimal import Decimal

import pytest

from core.result import ColumnType
from metrics import Catalog, CompiledQuery, DefinitionError, Grain, MetricQuery, compile_query
from tests.metrics.shop import COUNTRIES, CUSTOMERS, ORDERS, TABLES, TICKETS
from tests.metrics.small_store import SmallStore

Shop = tuple[SmallStore, Catalog]


def open_with(*metrics: str) -> Shop:
    """The shop with more metrics of its orders, one line of YAML each."""
    store = SmallStore(*TABLES)
    lines = "".join(f"\n      {line}" for line in metrics)
    return store, store.catalog(COUNTRIES, CUSTOMERS, ORDERS.rstrip() + lines, TICKETS)


def compile_formula(formula: str, *, by: tuple[str, ...] = ()) -> tuple[SmallStore, CompiledQuery]:
    store, catalog = open_with(f"made: {{kind: derived, formula: '{formula}'}}")
    return store, compile_query(catalog, MetricQuery(metrics=("made",), by=by))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("amount - paid", Decimal("10.00")),
        ("orders + buyers * 2", 15.0),
        ("(orders + buyers) * 2", 22.0),
        ("orders - buyers - 1", 2),
        ("orders - (buyers - 1)", 4),
        ("orders / buyers / 2", 0.875),
        ("orders / (buyers / 2)", 3.5),
        ("-orders + 10", 3),
        ("- -orders", 7),
        ("orders - -1", 8),
        ("price * pieces", pytest.approx(160.30)),
        ("1 - buyers / orders", pytest.approx(3 / 7)),
        ("revenue / tickets", pytest.approx(160.30 / 4)),
        ("(revenue - paid_revenue) / (orders - buyers)", pytest.approx(10 / 3)),
        ('"orders" + 0', 7),
    ],
)
def test_arithmetic_is_that_of_school(formula: str, expected: object) -> None:
    store, compiled = compile_formula(formula)
    assert store.run(compiled) == [(expected,)]


def test_division_by_zero_is_null() -> None:
    store, compiled = compile_formula("amount / (orders - orders)")
    assert store.run(compiled) == [(None,)]


def test_a_null_makes_the_whole_null() -> None:
    store, compiled = compile_formula("orders + amount", by=("customer",))
    rows = store.run(compiled)
    assert rows[1:3] == [("bob", Decimal("12.00")), ("cyd", None)]


def test_a_quotient_of_each_row_is_not_a_sum_of_quotients() -> None:
    store, compiled = compile_formula("amount / orders", by=("status",))
    assert store.run(compiled) == [("open", 5.0), ("paid", pytest.approx(150.30 / 4)), (None, None)]


def test_metrics_of_two_models_are_merged_before_they_are_calculated_with() -> None:
    store, compiled = compile_formula("orders - tickets", by=("customers.sector",))
    assert store.run(compiled) == [("food", 1), ("tools", 1), (None, 1)]


def test_a_derived_metric_of_derived_metrics() -> None:
    store, catalog = open_with(
        "open_amount: {kind: derived, formula: revenue - paid_revenue}",
        "open_share: {kind: derived, formula: open_amount / revenue * 100}",
    )
    assert store.ask(catalog, MetricQuery(metrics=("open_share",))) == [(pytest.approx(1000 / 160.30),)]


def test_each_input_keeps_its_own_time() -> None:
    store, catalog = open_with("late: {kind: derived, formula: orders - orders_shipped}")
    query = MetricQuery(metrics=("late",), grain=Grain.MONTH, start=dt.date(2024, 1, 1), end=dt.date(2024, 3, 31))
    assert [late for _, late in store.ask(catalog, query)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("formula", "type_"),
    [("orders - buyers", "integer"), ("orders * 2", "number"), ("orders + 0.5", "number"), ("amount + 1", "number")],
)
def test_only_sums_of_whole_numbers_are_whole(formula: str, type_: str) -> None:
    _, compiled = compile_formula(formula)
    assert compiled.columns[0].type == ColumnType(type_)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("revenu / orders", "no measure revenu in model orders and no metric of that name. Did you mean revenue"),
        ("amount /", "`formula` of metric made: not understood as an expression: something is missing near '/'"),
        ("amount % 2", "MOD is not allowed in a formula"),
        ("sum(amount)", "the aggregate sum is not allowed in a formula"),
        ("coalesce(amount, 0)", "the function coalesce is not allowed in a formula"),
        ("(SELECT 1)", "a subquery is not allowed in a formula"),
        ("amount > 1", "GT is not allowed in a formula"),
        ("amount + ''1''", "the text '1' is not allowed in a formula"),
        ("orders.amount", "write the name of a metric alone"),
        ("amount / 0.0", "the formula divides by zero"),
        ("1 + 2", "`formula` of metric made has no measure or metric in it"),
        ("first_day - 1", "`formula` can only calculate with numbers, and first_day is date"),
        ("made + 1", "metric made is made of itself: made -> made"),
        (" + ".join(["orders"] * 400), "the formula has more than 500 parts"),
    ],
)
def test_a_formula_that_cannot_be_is_a_problem_with_its_line(formula: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        compile_formula(formula)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.line > 1


def test_metrics_that_double_at_each_step_are_refused_before_they_grow() -> None:
    lines = [f"d{step}: {{kind: derived, formula: d{step - 1} * d{step - 1}}}" for step in range(1, 20)]
    with pytest.raises(DefinitionError, match=r"metric d10 is made of 1,024 aggregates.*at most 1,000"):
        open_with("d0: {kind: derived, formula: orders + 0}", *lines)
