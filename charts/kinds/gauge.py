"""A gauge: what is reached, against its target."""

from typing import TYPE_CHECKING

from charts.gauges import require_gauges
from charts.spec import Chart, ChartKind
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.GAUGE


def check(chart: Chart) -> None:
    """Raises InvalidError where the specification does not fit."""
    require_gauges(chart)


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.gauges import gauge_figure

    return gauge_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.gauges import gauge_drawing

    return gauge_drawing(chart, width, height, theme)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart":
    """Columns of a workbook, with a dash at each target."""
    from charts.native.gauges import native_gauges

    return native_gauges(chart, workbook, cells, theme)
