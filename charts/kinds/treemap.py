"""A treemap: the parts of a whole as areas."""

from typing import TYPE_CHECKING

from charts.spec import Chart, ChartKind
from charts.theme import Theme
from charts.tiles import require_tiles

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.TREEMAP


def check(chart: Chart) -> None:
    """Raises InvalidError where the specification does not fit."""
    require_tiles(chart)


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.tiles import treemap_figure

    return treemap_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.tiles import treemap_drawing

    return treemap_drawing(chart, width, height, theme)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart | None":  # noqa: ARG001
    """None: spreadsheet programs have no such chart, so the cells show the amounts."""
    return None
