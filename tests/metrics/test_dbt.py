"""Definitions of dbt taken over: the same numbers as SQL by hand, and a reason for each one that is not taken."""

import datetime as dt
from decimal import Decimal
from textwrap import dedent

import pytest

from core.errors import InvalidError
from metrics import DefinitionError, Grain, MetricQuery, load_catalog
from metrics.dbt import Imported, import_dbt
from tests.metrics.shop import TABLES
from tests.metrics.small_store import SmallStore

MODELS = """
semantic_models:
  - name: orders
    label: Orders
    model: ref('orders')
    defaults: {agg_time_dimension: ordered}
    entities:
      - {name: order, type: primary, expr: id}
      - {name: customer, type: foreign}
      - {name: courier, type: foreign, expr: payer}
    dimensions:
      - {name: ordered, type: time, type_params: {time_granularity: day}}
      - {name: shipped, type: time, type_params: {time_granularity: day}}
      - {name: status, type: categorical}
      - {name: is_large, type: categorical, expr: amount > 15}
    measures:
      - {name: amount, agg: sum}
      - {name: orders, agg: count, expr: 1, create_metric: true}
      - {name: shipments, agg: count, expr: 1, agg_time_dimension: shipped}
      - {name: rushed, agg: sum_boolean, expr: is_rush}
      - {name: p90, agg: percentile, expr: amount, agg_params: {percentile: 0.9}}
      - {name: stock, agg: sum, expr: pieces, non_additive_dimension: {name: ordered}}
      - {name: odd, agg: percentile, expr: amount, agg_params: {percentile: 0.5, use_discrete_percentile: true}}
  - name: customers
    model: "{{ ref('customers') }}"
    entities: [{name: customer, type: primary}]
    dimensions: [{name: country, type: categorical}, {name: sector, type: categorical}]
  - {name: broken, model: "select 1"}
"""
METRICS = """
metrics:
  - {name: revenue, label: Revenue, type: simple, type_params: {measure: amount}}
  - {name: rushed, type: simple, type_params: {measure: rushed}}
  - {name: shipments, type: simple, type_params: {measure: shipments}}
  - {name: p90, type: simple, type_params: {measure: p90}}
  - name: tool_revenue
    type: simple
    type_params: {measure: amount}
    filter: "{{ Dimension('customer__sector') }} = 'tools' and {{ Dimension('order__status') }} = 'paid'"
  - {name: average, type: ratio, type_params: {numerator: revenue, denominator: orders}}
  - name: paid_share
    type: ratio
    type_params: {numerator: {name: revenue, filter: "{{ Dimension('status') }} = 'paid'"}, denominator: revenue}
  - name: growth
    type: derived
    type_params:
      expr: revenue - before
      metrics: [revenue, {name: revenue, alias: before, offset_window: 1 month}]
  - {name: so_far, type: cumulative, type_params: {measure: amount, cumulative_type_params: {grain_to_date: year}}}
  - {name: stock, type: simple, type_params: {measure: stock}}
  - {name: stock_twice, type: derived, type_params: {expr: stock * 2, metrics: [stock]}}
  - {name: filled, type: simple, type_params: {measure: {name: amount, fill_nulls_with: 0}}}
  - {name: first, type: cumulative, type_params: {measure: amount, cumulative_type_params: {period_agg: first}}}
  - {name: by_metric, type: simple, type_params: {measure: amount}, filter: "{{ Metric('revenue', ['order']) }} > 1"}
  - {name: ring, type: derived, type_params: {expr: gnir, metrics: [gnir]}}
  - {name: gnir, type: derived, type_params: {expr: ring, metrics: [ring]}}
  - {name: unknown, type: forecast}
saved_queries: [{name: weekly}]
"""


@pytest.fixture(scope="module")
def imported() -> Imported:
    return import_dbt({"models.yml": dedent(MODELS), "metrics.yml": dedent(METRICS)})


def test_metrics_of_dbt_are_the_same_numbers_here(imported: Imported) -> None:
    store = SmallStore(*TABLES)
    catalog = load_catalog(imported.files, store.schema())
    names = ("revenue", "orders", "rushed", "p90", "tool_revenue", "average", "paid_share")
    by_hand = """SELECT sum(amount), count(*), count(*) FILTER (is_rush), quantile_cont(amount::DOUBLE, 0.9),
        sum(amount) FILTER (sector = 'tools' AND status = 'paid'), sum(amount)::DOUBLE / count(*),
        sum(amount) FILTER (status = 'paid')::DOUBLE / sum(amount)::DOUBLE
        FROM orders LEFT JOIN customers USING (customer)"""
    assert store.ask(catalog, MetricQuery(metrics=names)) == store.sql(by_hand)
    february, march = dt.date(2024, 2, 1), dt.date(2024, 3, 31)
    months = MetricQuery(metrics=("growth", "so_far"), grain=Grain.MONTH, start=february, end=march)
    assert store.ask(catalog, months) == [
        (dt.date(2024, 2, 1), Decimal("-20.30"), Decimal("40.30")),
        (dt.date(2024, 3, 1), Decimal("30.00"), Decimal("80.30")),
    ]
    shipped = MetricQuery(metrics=("shipments",), start=dt.date(2024, 4, 1), end=dt.date(2024, 4, 30))
    assert store.ask(catalog, shipped) == store.sql("SELECT count(*) FROM orders WHERE month(shipped) = 4")


@pytest.mark.parametrize(
    "reason",
    [
        "Semantic model broken: its `model` is 'select 1'",
        "Measure stock of orders: it is not additive over time; define a metric of the kind `snapshot`",
        "Measure odd of orders: percentiles are exact",
        "Metric stock: it is made of the measure stock, which was refused",
        "Metric stock_twice: it is made of stock, which is no metric here or was refused",
        "Metric filled: `fill_nulls_with`",
        "Metric first: `period_agg: first`",
        "Metric by_metric: its filter uses Metric('revenue', ['order'])",
        "Metric ring: it is made of itself",
        "Metric unknown: the type forecast is not known; there are simple, ratio",
        "Model orders: entity courier is the key of no semantic model here",
        "Saved query weekly: make a notebook of it",
    ],
)
def test_what_has_no_equal_is_refused_by_name(imported: Imported, reason: str) -> None:
    assert [one for one in imported.refused if one.startswith(reason)]


def test_files_that_are_nothing_of_the_kind_are_refused() -> None:
    with pytest.raises(InvalidError, match="no `semantic_models`"):
        import_dbt({"a.yml": "models: [{name: x}]"})
    with pytest.raises(DefinitionError, match=r"a.yml.*this is not YAML"):
        import_dbt({"a.yml": "semantic_models: [}"})
    with pytest.raises(InvalidError, match="aliases"):
        import_dbt({"a.yml": "semantic_models: [&a {name: x}, *a]"})
