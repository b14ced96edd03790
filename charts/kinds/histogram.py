"""A histogram: how many there are of each size."""

from typing import TYPE_CHECKING

from charts.bins import bin_name, require_bins
from charts.spec import Chart, ChartKind, X
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.HISTOGRAM


def check(chart: Chart) -> None:
    """Raises InvalidError where the specification does not fit."""
    require_bins(chart)


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.bins import histogram_figure

    return histogram_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.bins import histogram_drawing

    return histogram_drawing(chart, width, height, theme)


def name_of(chart: Chart, x: X) -> str:
    """The range of a bin in words."""
    return bin_name(chart, x)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart":
    """Columns of a workbook that nearly touch, one for each range."""
    from charts.native.chart import Shape, native_chart

    return native_chart(chart, workbook, cells, theme, Shape(type="column", is_filled=True, gap=4))
