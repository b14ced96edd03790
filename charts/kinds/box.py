"""A box plot: how values spread, group by group."""

from typing import TYPE_CHECKING

from charts.boxes import require_boxes
from charts.spec import Chart, ChartKind, Series
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.BOX


def check(chart: Chart) -> None:
    """Raises InvalidError where the specification does not fit."""
    require_boxes(chart)


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.boxes import box_figure

    return box_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.boxes import box_drawing

    return box_drawing(chart, width, height, theme)


def helpers(chart: Chart) -> tuple[Series, ...]:
    """The columns a workbook needs beside the values to draw boxes and whiskers."""
    from charts.native.boxes import helper_columns

    return helper_columns(chart)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart":
    """Piled columns of a workbook, with error bars as whiskers."""
    from charts.native.boxes import native_boxes

    return native_boxes(chart, workbook, cells, theme)
