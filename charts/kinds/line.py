"""A line: how a value moves, one series in colour over others as context."""

from typing import TYPE_CHECKING

from charts.spec import Chart, ChartKind
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.LINE


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.lines import line_figure

    return line_figure(chart, theme, is_filled=False)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.lines import line_drawing

    return line_drawing(chart, width, height, theme, is_filled=False)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart":
    """The chart of a workbook, over the cells its values stand in."""
    from charts.native.chart import Shape, native_chart

    return native_chart(chart, workbook, cells, theme, Shape(type="line", is_filled=False))
