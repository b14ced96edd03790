"""Draws a chart of any kind: finds the kind's module and hands it the theme of the screen or of paper."""

import importlib
import sys
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol, cast

from charts.spec import Chart, Series
from charts.theme import Theme, ink, print_theme, screen_theme
from charts.thin import thin
from core.errors import InvalidError
from core.names import suggestion
from core.registry import find_kinds

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

    from charts.native.cells import Cells
    from charts.paper.drawing import ChartDrawing

# For `st.plotly_chart(config=...)`: no tool bar, and scrolling scrolls the page.
SCREEN_CONFIG: Final[Mapping[str, bool]] = {"displayModeBar": False, "scrollZoom": False}


class Renderer(Protocol):
    """What each module in `charts.kinds` offers.

    Some also have `check(chart)`, which raises InvalidError where a specification does not fit, `helpers(chart)`, the
    columns a workbook needs beside the values, `name_of(chart, x)`, an x in words, and `to_table(chart)`, a table view.
    """

    def to_plotly(self, chart: Chart, theme: Theme) -> "go.Figure":
        """The figure for the screen."""

    def to_drawing(self, chart: Chart, width: float, height: float, theme: Theme) -> "ChartDrawing":
        """The vectors for paper; sizes in points."""

    def to_native(self, chart: Chart, workbook: "Workbook", cells: "Cells", theme: Theme) -> "NativeChart | None":
        """The chart of a workbook, over the cells its values stand in; None where it has none of the kind."""


@cache
def chart_kinds() -> Mapping[str, Renderer]:
    """Every kind of chart by its name."""
    import charts.kinds as package

    return {str(kind): cast(Renderer, module) for kind, module in find_kinds(package).items()}


def render_plotly(chart: Chart) -> "go.Figure":
    """The chart for `st.plotly_chart(..., theme="streamlit")`, in placeholder colours. Raises InvalidError."""
    if "pandas" in sys.modules:
        # Plotly uses it as soon as it is there; where another thread has only begun to load it, this waits for the end.
        importlib.import_module("pandas")
    renderer = _renderer(chart)
    shown, note = thin(chart)
    figure = renderer.to_plotly(shown, screen_theme())
    return figure if not note else _with_note(figure, note)


def render_drawing(chart: Chart, width_pt: float, height_pt: float) -> "ChartDrawing":
    """The chart as vectors for paper, a ReportLab `Drawing`; sizes in points. Raises InvalidError."""
    renderer = _renderer(chart)
    shown, note = thin(chart)
    drawing = renderer.to_drawing(shown, width_pt, height_pt, print_theme())
    if note:
        from charts.paper.drawing import add_note

        add_note(drawing, note, print_theme())
    return drawing


def _with_note(figure: "go.Figure", note: str) -> "go.Figure":
    """The figure with words at its top that say what was left out."""
    from charts.screen.frame import TICK_SIZE, annotation

    font = {"size": TICK_SIZE, "color": screen_theme().shade(ink("label"))}
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "top"}
    return figure.add_annotation(annotation(note, font=font, **place))


def render_native(chart: Chart, workbook: "Workbook", cells: "Cells") -> "NativeChart | None":
    """The chart as an object of an XlsxWriter workbook that reads its values from cells. Raises InvalidError.

    None where spreadsheet programs have no such chart: there the cells themselves show the values, as bars or shades.
    """
    return _renderer(chart).to_native(chart, workbook, cells, print_theme())


def native_helpers(chart: Chart) -> tuple[Series, ...]:
    """The columns that must stand right of the values for `render_native`."""
    helpers = getattr(_renderer(chart), "helpers", None)
    return () if helpers is None else cast(tuple[Series, ...], helpers(chart))


def require_drawable(chart: Chart) -> None:
    """Raises InvalidError where a specification is nothing its kind can draw."""
    _renderer(chart)


def _renderer(chart: Chart) -> Renderer:
    known = chart_kinds()
    if chart.kind not in known:
        raise InvalidError(f"There is no chart of the kind {chart.kind}. {suggestion(chart.kind, known)}")
    check = getattr(known[chart.kind], "check", None)
    if check is not None:
        check(chart)
    return known[chart.kind]
