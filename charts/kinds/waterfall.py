"""A waterfall: how changes lead from one level to the next."""

from typing import TYPE_CHECKING

from charts.spec import Chart, ChartKind, Series
from charts.steps import require_steps
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.WATERFALL


def check(chart: Chart) -> None:
    """Raises InvalidError where the specification does not fit."""
    require_steps(chart)


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.steps import waterfall_figure

    return waterfall_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.steps import waterfall_drawing

    return waterfall_drawing(chart, width, height, theme)


def helpers(chart: Chart) -> tuple[Series, ...]:
    """The columns a workbook needs beside the values to draw them as piled columns."""
    from charts.native.steps import helper_columns

    return helper_columns(chart)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart":
    """Piled columns of a workbook, the lowest of them without colour."""
    from charts.native.steps import native_waterfall

    return native_waterfall(chart, workbook, cells, theme)
