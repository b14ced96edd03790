"""The filters of a dashboard: dimensions and saved segments that all its figures know, held by its address."""

import datetime as dt

import pyarrow as pa
import pytest

from metrics.period import PeriodKind
from notebooks import MetricCell, Notebook, TableCell, TableOutput, run_notebook
from services.dashboards import find_filters
from services.definitions import apply_definitions
from services.imports import load_tables
from services.notebook_asking import PrincipalAsk
from services.notebooks import scope_of
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import Principal, operator

ORDERS = """
model: orders
table: orders
time: day
dimensions: {region: {}, size: {}, day: {type: time}}
measures: {orders: {agg: count}}
metrics: {orders: {kind: simple, measure: orders}}
segments:
  large: size > 5
  northern: region = 'North' AND size > 2
"""
VISITS = """
model: visits
table: visits
time: day
dimensions: {region: {}, day: {type: time}}
measures: {visits: {agg: count}}
metrics: {visits: {kind: simple, measure: visits}}
segments: {southern: region = 'South'}
"""
DAY = dt.date(2026, 5, 4)
SIZES = list(range(10))
REGIONS = ["North", "South", "South"] * 3 + ["North"]
TABLE = TableCell(name="t", metrics=("orders",), by=("region",), period=PeriodKind.YEAR)


@pytest.fixture
def asking(platform: Platform) -> tuple[Platform, Principal]:
    """A tenant with ten orders and as many visits."""
    principal = operator(create_tenant(platform, slug="acme", name="Acme", calendar_day=DAY))
    days = pa.array([DAY] * len(SIZES), pa.date32())
    tables = {"orders": pa.table({"region": REGIONS, "size": SIZES, "day": days})}
    load_tables(platform, principal, tables | {"visits": pa.table({"region": REGIONS, "day": days})})
    apply_definitions(platform, principal, {"orders.yaml": ORDERS, "visits.yaml": VISITS})
    return platform, principal


def board(*cells: MetricCell | TableCell) -> Notebook:
    """A notebook of these cells."""
    return Notebook(name="board", title="Board", cells=cells)


def test_a_segment_in_the_address_counts_its_rows_in_every_cell(asking: tuple[Platform, Principal]) -> None:
    notebook = board(TABLE)
    filters = find_filters(*asking, notebook, {"saved_segment": "northern", "region": "North"})
    assert filters.labels["saved_segment"] == "Saved segment"
    assert filters.choices[-1].values == ("large", "northern", "southern")
    scope = scope_of(*asking, where=filters.where)
    (run,) = run_notebook(notebook, PrincipalAsk(*asking), scope)
    assert isinstance(run.output, TableOutput), run.problem
    wanted = sum(1 for region, size in zip(REGIONS, SIZES, strict=True) if region == "North" and size > 2)
    assert run.output.result.values("orders") == [wanted]


def test_a_segment_that_only_some_figures_know_is_not_offered(asking: tuple[Platform, Principal]) -> None:
    both = board(TABLE, TableCell(name="v", metrics=("visits",), by=("region",), period=PeriodKind.YEAR))
    filters = find_filters(*asking, both, {"saved_segment": "large"})
    assert filters.choices[-1].values == ("southern",)
    assert filters.where is None


def test_a_word_that_is_no_segment_holds_nothing(asking: tuple[Platform, Principal]) -> None:
    assert find_filters(*asking, board(TABLE), {"saved_segment": "x' OR 1=1"}).where is None
