"""Horizontal bars: amounts of categories in reading order, with room for long names."""

from typing import TYPE_CHECKING

from charts.spec import Chart, ChartKind
from charts.theme import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from charts.paper.drawing import ChartDrawing

KIND = ChartKind.BAR


def to_plotly(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    from charts.screen.bars import bar_figure

    return bar_figure(chart, theme)


def to_drawing(chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
    """The vectors for paper; sizes in points."""
    from charts.paper.bars import bar_drawing

    return bar_drawing(chart, width, height, theme)
