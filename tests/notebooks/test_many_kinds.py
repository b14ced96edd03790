"""Chart cells of box plots, scatter plots, treemaps, flows, calendars, gauges and maps, against `deals` by hand."""

import datetime as dt
from dataclasses import replace

import pytest

from charts import Chart, ChartKind
from metrics import Grain
from metrics.period import PeriodKind
from notebooks import Cell, ChartCell, ChartOutput, NotebookError, parse_notebook, run_cell
from tests.notebooks.deals import SCOPE, Deal, DealsAsk

CELL = ChartCell(name="c", chart=ChartKind.TREEMAP, metrics=("bookings",), by=("region",), period=PeriodKind.QUARTER)


def draw(cell: Cell, deals: list[Deal] | None = None) -> Chart:
    run = run_cell(cell, DealsAsk(deals), SCOPE)
    assert isinstance(run.output, ChartOutput), run.problem
    return run.output.chart


def kind_of(keys: str) -> str:
    text = f"notebook: n\ntitle: N\ncells: [{{name: c, kind: chart, metrics: [bookings], {keys}}}]"
    (cell,) = parse_notebook(text, "n").cells
    assert isinstance(cell, ChartCell)
    return cell.chart.value


def test_a_treemap_has_the_members_as_parts() -> None:
    chart = draw(CELL)
    assert (chart.series[0].x, chart.series[0].y) == (("AMER", "EMEA", "APAC"), (200, 150, 30))


def test_a_sankey_chart_has_a_flow_for_each_pair_of_members() -> None:
    chart = draw(replace(CELL, chart=ChartKind.SANKEY, by=("region", "owner")))
    flows = {(one.name, x): y for one in chart.series for x, y in zip(one.x, one.y, strict=True)}
    assert flows == {("AMER", "Bo"): 200, ("EMEA", "Ana"): 150, ("APAC", "Di"): 30}
    assert "most from AMER to Bo" in chart.description


def test_small_members_of_both_sides_of_a_flow_are_other() -> None:
    chart = draw(replace(CELL, chart=ChartKind.SANKEY, by=("region", "owner"), limit=2))
    flows = {(one.name, x): y for one in chart.series for x, y in zip(one.x, one.y, strict=True)}
    assert flows[("AMER", "Bo")] == 200
    assert sum(value or 0 for value in flows.values()) == 380


def test_a_scatter_chart_sets_metrics_of_two_units_against_each_other() -> None:
    chart = draw(replace(CELL, chart=ChartKind.SCATTER, metrics=("bookings", "win_rate")))
    across, up = chart.series
    assert (across.unit, up.unit) == ("USD", "ratio")
    assert dict(zip(across.x, across.y, strict=True)) == {"AMER": 200, "EMEA": 150, "APAC": 30}
    assert dict(zip(up.x, up.y, strict=True)) == {"AMER": 0.5, "EMEA": pytest.approx(2 / 3), "APAC": 1}


def test_a_gauge_has_each_member_and_its_target() -> None:
    chart = draw(replace(CELL, chart=ChartKind.GAUGE, target=100))
    assert [one.y for one in chart.series] == [(200, 150, 30), (100, 100, 100)]
    alone = draw(replace(CELL, chart=ChartKind.GAUGE, by=(), metrics=("bookings",), target=500))
    assert [(one.x, one.y) for one in alone.series] == [(("Bookings",), (380,)), (("Bookings",), (500,))]
    assert alone.description.endswith("Target $500.")


def test_a_box_has_the_whole_months_of_each_member() -> None:
    chart = draw(replace(CELL, chart=ChartKind.BOX, period=None, grain=Grain.MONTH, last=5))
    lowest, _, median, _, highest = chart.series
    found = dict(zip(median.x, zip(lowest.y, median.y, highest.y, strict=True), strict=True))
    # November still runs. EMEA: July 80, August 520, September 0, October 100; AMER: 150, 50, 70, 200.
    assert found["EMEA"] == (0, 90, 520)
    assert found["AMER"] == (50, 110, 200)


def test_a_calendar_has_every_day() -> None:
    chart = draw(replace(CELL, chart=ChartKind.CALENDAR, by=(), period=None, grain=Grain.DAY, last=50))
    days = dict(zip(chart.series[0].x, chart.series[0].y, strict=True))
    assert len(days) == 50
    assert {day: value for day, value in days.items() if value} == {
        dt.date(2026, 10, 5): 100, dt.date(2026, 10, 12): 200, dt.date(2026, 11, 10): 50, dt.date(2026, 11, 15): 30,
    }  # fmt: skip


def test_a_map_names_the_members_that_are_no_countries() -> None:
    deals: list[Deal] = [("France", "Ana", "2026-10-05", 5, True), ("EMEA", "Ana", "2026-10-05", 9, True)]
    chart = draw(replace(CELL, chart=ChartKind.MAP), deals)
    assert dict(zip(chart.series[0].x, chart.series[0].y, strict=True)) == {"EMEA": 9, "France": 5}
    assert "Not on the map: EMEA." in chart.description


def test_two_names_of_a_country_are_a_problem_of_the_cell() -> None:
    deals: list[Deal] = [("UK", "Ana", "2026-10-05", 5, True), ("Britain", "Ana", "2026-10-05", 9, True)]
    run = run_cell(replace(CELL, chart=ChartKind.MAP), DealsAsk(deals), SCOPE)
    assert run.problem is not None
    assert "are both United Kingdom" in run.problem.message


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ("by: [region, owner]", "sankey"),
        ("by: [country]", "map"),
        ("by: [ship_country]", "map"),
        ("target: 5", "gauge"),
        ("grain: day, last: 365", "calendar"),
        ("grain: day, last: 60", "line"),
        ("grain: day, last: 365, target: 5", "line"),
    ],
)
def test_a_kind_is_suggested_by_what_is_asked(keys: str, kind: str) -> None:
    assert kind_of(keys) == kind


@pytest.mark.parametrize(
    "keys",
    [
        "chart: treemap, by: [region, owner]", "chart: sankey, by: [region]", "chart: scatter, by: [region]",
        "chart: gauge, by: [region]", "chart: box, by: [region]", "chart: calendar, grain: month", "chart: map",
    ],
)  # fmt: skip
def test_a_cell_of_another_shape_is_told_what_its_kind_takes(keys: str) -> None:
    kind = keys.split()[1].rstrip(",")
    with pytest.raises(NotebookError, match=f"a {kind} chart shows"):
        kind_of(keys)


def test_flows_and_parts_need_a_metric_that_adds_up() -> None:
    for cell in (CELL, replace(CELL, chart=ChartKind.SANKEY, by=("region", "owner"))):
        run = run_cell(replace(cell, metrics=("win_rate",)), DealsAsk(), SCOPE)
        assert run.problem is not None
        assert "do not add up" in run.problem.message
