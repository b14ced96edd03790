"""The suggested Home: what matters most first, and only what can be answered."""

from core.names import identifier
from metrics import Better
from notebooks import (
    ChartCell,
    DimensionFacts,
    MetricCell,
    MetricFacts,
    Notebook,
    TextCell,
    dump_notebook,
    parse_notebook,
    run_notebook,
    suggest_home,
)
from tests.notebooks.deals import BOOKINGS, CLOSED, OWNERS, SCOPE, WIN_RATE, WON, DealsAsk

ACCOUNT = DimensionFacts(name="account", label="Account", member_count=2400)
REGION = DimensionFacts(name="region", label="Region", member_count=3)


def tiles(home: Notebook) -> list[str]:
    return [cell.metric for cell in home.cells if isinstance(cell, MetricCell)]


def charts(home: Notebook) -> list[ChartCell]:
    return [cell for cell in home.cells if isinstance(cell, ChartCell)]


def test_money_leads_and_a_ratio_follows() -> None:
    home = suggest_home([OWNERS, WON, CLOSED, WIN_RATE, BOOKINGS], [ACCOUNT, REGION])
    assert tiles(home) == ["bookings", "win_rate", "won_deals", "closed_deals"]
    trend, breakdown = charts(home)
    assert (trend.metrics, trend.title) == (("bookings",), "Bookings by month")
    assert (breakdown.metrics, breakdown.by, breakdown.title) == (("win_rate",), ("region",), "Win rate by region")


def test_every_suggested_cell_can_be_answered() -> None:
    home = suggest_home([OWNERS, WON, CLOSED, WIN_RATE, BOOKINGS], [REGION])
    assert all(run.problem is None for run in run_notebook(home, DealsAsk(), SCOPE))
    assert parse_notebook(dump_notebook(home)) == home


def test_dimension_with_many_members_is_not_a_breakdown() -> None:
    assert len(charts(suggest_home([BOOKINGS], [ACCOUNT]))) == 1


def test_dimension_that_cannot_split_the_metric_is_not_taken() -> None:
    other = DimensionFacts(name="channel", label="Channel", member_count=4, metrics=("visits",))
    home = suggest_home([BOOKINGS], [other, REGION])
    assert charts(home)[1].by == ("region",)
    assert [cell.explain for cell in home.cells if isinstance(cell, MetricCell)] == ["region"]


def test_metric_that_cannot_be_split_is_not_explained() -> None:
    home = suggest_home([OWNERS], [REGION])
    assert [cell.explain for cell in home.cells if isinstance(cell, MetricCell)] == [None]


def test_neutral_metrics_come_last() -> None:
    neutral = MetricFacts(name="spend", label="Spend", unit="USD", is_additive=True, better=Better.NEUTRAL)
    assert tiles(suggest_home([neutral, WON], []))[0] == "won_deals"


def test_tenant_without_metrics_is_told_so() -> None:
    home = suggest_home([], [REGION])
    assert isinstance(home.cells[0], TextCell)
    assert parse_notebook(dump_notebook(home)) == home


def test_metric_named_like_a_chart_cell_does_not_clash() -> None:
    trend = MetricFacts(name="trend", label="Trend", unit="USD", is_additive=True)
    home = suggest_home([trend], [REGION])
    assert [cell.name for cell in home.cells] == ["trend", "trend_2", "breakdown"]
    assert identifier("trend") == "trend"
