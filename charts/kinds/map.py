"""A map by country: values as shades of its countries."""

from typing import TYPE_CHECKING

from charts.places import require_places
from charts.spec import Chart, ChartKind
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.MAP


def check(chart: Chart) -> None:
    """Raises InvalidError where the specification does not fit."""
    require_places(chart)


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.places import map_figure

    return map_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.places import map_drawing

    return map_drawing(chart, width, height, theme)


def to_native(chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart | None":  # noqa: ARG001
    """None: spreadsheet programs have no such chart, so the cells show the amounts."""
    return None
