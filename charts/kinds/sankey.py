"""A sankey chart: how much goes from where to where."""

from typing import TYPE_CHECKING

from charts.flows import all_flows, require_flows
from charts.spec import Chart, ChartKind
from charts.table import Table
from charts.theme import Theme
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.SANKEY


def check(chart: Chart) -> None:
    """Raises InvalidError where the specification does not fit."""
    require_flows(chart)


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.flows import sankey_figure

    return sankey_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.flows import sankey_drawing

    return sankey_drawing(chart, width, height, theme)


def to_table(chart: Chart) -> Table:
    """A row for each flow, the largest first."""
    rows = sorted(all_flows(chart), key=lambda flow: -flow.value)
    return ("From", "To", "Amount"), tuple((one.source, one.target, full(one.value, chart.unit)) for one in rows)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart | None":  # noqa: ARG001
    """None: spreadsheet programs have no such chart, so the cells show the amounts."""
    return None
