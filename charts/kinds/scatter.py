"""A scatter plot: two measures of each name against each other."""

from typing import TYPE_CHECKING

from charts.points import require_points
from charts.spec import Chart, ChartKind
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.SCATTER


def check(chart: Chart) -> None:
    """Raises InvalidError where the specification does not fit."""
    require_points(chart)


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.points import scatter_figure

    return scatter_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.points import scatter_drawing

    return scatter_drawing(chart, width, height, theme)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart":
    """Dots of a workbook."""
    from charts.native.points import native_scatter

    return native_scatter(chart, workbook, cells, theme)
