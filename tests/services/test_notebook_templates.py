"""Each template is one click on the demo tenants: made, shown without a problem, its numbers those of the tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from charts import ChartKind
from core.errors import InvalidError, RefusedError
from core.settings import Settings
from notebooks import (
    TEMPLATES,
    ChartCell,
    ChartOutput,
    ForecastCell,
    FunnelCell,
    RetentionCell,
    SqlCell,
    Stock,
    TableOutput,
    build_template,
    run_notebook,
    tiles_of,
)
from services.demo import build_demo
from services.notebook_asking import PrincipalAsk
from services.notebook_templates import create_from_template, list_templates
from services.notebooks import list_notebooks, require_notebook, scope_of
from services.platform import Platform
from tenants.access import operator

NAMES = [
    "board-pack",
    "data-health",
    "executive-dashboard",
    "marketing-funnel",
    "pipeline-inspection",
    "retention-review",
    "weekly-sales-review",
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Both demo tenants."""
    folder: Path = tmp_path_factory.mktemp("templates") / "data"
    made = Platform(Settings(data=folder))
    made.metadata.migrate()
    build_demo(made, lambda _text: None)
    yield made
    made.close()


@pytest.mark.parametrize("slug", ["brightwater", "harbour"])
def test_every_template_is_one_click_and_every_cell_is_shown(demo: Platform, slug: str) -> None:
    principal = operator(demo.tenant(slug))
    assert sorted(one.name for one in list_templates(demo, principal)) == NAMES
    for name in NAMES:
        # The demo is shared by the tests here: where another took the name, it gets the next number.
        taken = {one.name for one in list_notebooks(demo, principal)}
        made = create_from_template(demo, principal, name)
        assert made.name == (f"{name}-2" if name in taken else name)
        assert len(tiles_of(made)) >= 2
        notebook = require_notebook(demo, principal, made.name, is_draft=True)
        runs = run_notebook(notebook, PrincipalAsk(demo, principal), scope_of(demo, principal))
        assert {run.cell.name: run.problem for run in runs if run.problem} == {}, (slug, name)


def test_the_executive_dashboard_shows_what_converts_who_stays_and_what_campaigns_cost(demo: Platform) -> None:
    principal = operator(demo.tenant("brightwater"))
    made = create_from_template(demo, principal, "executive-dashboard")
    cells = {cell.name: cell for cell in made.cells}
    funnel, steps = cells["conversion"], cells["net_new_mrr_by_movement"]
    assert isinstance(funnel, FunnelCell)
    assert (funnel.events, funnel.entity) == ("deal_stage_changes", "deal")
    assert funnel.steps[-1] == "Won"
    assert isinstance(steps, ChartCell)
    assert steps.chart is ChartKind.WATERFALL
    assert isinstance(cells["cohorts"], RetentionCell)
    assert isinstance(cells["bookings_expected"], ForecastCell)
    outputs = {
        run.cell.name: run.output
        for run in run_notebook(made, PrincipalAsk(demo, principal), scope_of(demo, principal))
    }
    campaigns = outputs["campaign_spend_rows"]
    assert isinstance(campaigns, TableOutput)
    assert [column.name for column in campaigns.result.columns][:2] == ["campaign_channel", "campaign_spend"]
    fan = outputs["bookings_expected"]
    assert isinstance(fan, ChartOutput)
    assert fan.chart.between is not None
    waterfall = outputs["net_new_mrr_by_movement"]
    assert isinstance(waterfall, ChartOutput)
    *parts, total = [value for series in waterfall.chart.series for value in series.y if value is not None]
    assert sum(parts) == pytest.approx(total)


def test_without_event_models_the_other_parts_are_there() -> None:
    made = build_template(TEMPLATES[0], Stock(metrics={"bookings": "Bookings", "win_rate": "Win rate", "orders": "O"}))
    assert {"conversion", "cohorts"}.isdisjoint(cell.name for cell in made.cells)


@pytest.mark.parametrize("slug", ["brightwater", "harbour"])
def test_data_health_counts_the_rows_of_every_table(demo: Platform, slug: str) -> None:
    principal = operator(demo.tenant(slug))
    notebook = create_from_template(demo, principal, "data-health")
    assert notebook.name.startswith("data-health")
    cells = tuple(cell for cell in notebook.cells if isinstance(cell, SqlCell))
    runs = run_notebook(notebook, PrincipalAsk(demo, principal), scope_of(demo, principal))
    output = next(run.output for run in runs if run.cell is cells[0])
    assert isinstance(output, TableOutput)
    counted = dict(zip(output.result.values("table_name"), output.result.values("rows"), strict=True))
    assert counted == demo.store(principal.tenant).row_counts()


def test_a_template_without_its_metrics_says_which_it_needs() -> None:
    with pytest.raises(RefusedError, match="Executive dashboard needs metrics such as bookings"):
        build_template(TEMPLATES[0], Stock(metrics={"nothing": "Nothing"}))


def test_an_unknown_template_names_the_nearest(demo: Platform) -> None:
    with pytest.raises(InvalidError, match="Did you mean retention-review"):
        create_from_template(demo, operator(demo.tenant("harbour")), "retention-revue")
