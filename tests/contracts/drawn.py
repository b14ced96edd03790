"""Reads what a rendering shows, so that it can be compared with its specification."""

import html
import re
from collections.abc import Iterator

import plotly.graph_objects as go
from reportlab.graphics.shapes import Drawing, Group, String

from charts import Chart
from charts.plan import finite

ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}


def drawn_shapes(drawing: Drawing) -> list[String]:
    def walk(group: Group) -> Iterator[String]:
        for shape in group.getContents():
            if isinstance(shape, Group):
                yield from walk(shape)
            elif isinstance(shape, String):
                yield shape

    return list(walk(drawing))


def drawn_strings(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawn_shapes(drawing)]


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def screen_told(figure: go.Figure) -> list[tuple[str, float]]:
    """Series and value of each mark that can be hovered: the customdata end with the value where it is not drawn."""
    told: list[tuple[str, float]] = []
    for trace in figure.data:
        if trace.hovertemplate is None:
            continue
        for place, data in enumerate(trace.customdata):
            values = data[2:] if len(data) > 2 else (trace.y[place],)
            told += [(plain(trace.name), value) for value in values if value is not None]
    return sorted(told)


def drawn_values(chart: Chart) -> list[tuple[str, float]]:
    """Series and value of each mark a chart must have."""
    return sorted((series.name, value) for series in chart.series for y in series.y if (value := finite(y)) is not None)


def written_values(chart: Chart) -> list[float]:
    """The values that must stand in cells."""
    return sorted(value for series in chart.series for y in series.y if (value := finite(y)) is not None)
