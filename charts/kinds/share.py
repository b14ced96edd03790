"""Shares: the parts of each column as percentages of it, for a mix that shifts."""

from typing import TYPE_CHECKING

from charts.spec import Chart, ChartKind
from charts.stack import Stacking
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.SHARE


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.bars import column_figure

    return column_figure(chart, theme, Stacking.SHARES)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.bars import column_drawing

    return column_drawing(chart, width, height, theme, Stacking.SHARES)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart":
    """The chart of a workbook, over the cells its values stand in."""
    from charts.native.chart import Shape, native_chart

    return native_chart(chart, workbook, cells, theme, Shape(type="column", is_filled=True, stacking=Stacking.SHARES))
