"""Columns: amounts of periods or of a few categories, upright from zero."""

from typing import TYPE_CHECKING

from charts.spec import Chart, ChartKind
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.COLUMN


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.bars import column_figure

    return column_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.bars import column_drawing

    return column_drawing(chart, width, height, theme)
