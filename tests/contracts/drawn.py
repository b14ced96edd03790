"""Reads what a rendering shows, so that it can be compared with its specification."""

import datetime as dt
import html
import re
from collections.abc import Iterator

import plotly.graph_objects as go
from reportlab.graphics.shapes import Drawing, Group, String

from charts import Chart, ChartKind
from charts.geography import countries
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


def screen_told(figure: go.Figure) -> list[float]:
    """The values that can be hovered: the customdata of a mark end with them where they are not its height."""
    told: list[float] = []
    for trace in figure.data:
        if trace.type == "sankey":
            told += [data[2] for data in trace.link.customdata]
        elif trace.type == "heatmap":
            told += [data[2] for row in trace.customdata for data in row if data[2] is not None]
        elif trace.hovertemplate is not None:
            for place, data in enumerate(trace.customdata):
                told += [one for one in (data[2:] if len(data) > 2 else (trace.y[place],)) if one is not None]
    return sorted(told)


def drawn_values(chart: Chart) -> list[float]:
    """The values a chart must have marks for: all, but where a kind has no mark for some, which it then says."""
    known = written_values(chart)
    columns = [[finite(y) for y in series.y] for series in chart.series]
    match chart.kind:
        case ChartKind.BOX | ChartKind.SCATTER:
            # A name whose numbers are not all known has no place.
            rows = [row for row in zip(*columns, strict=True) if None not in row]
            return sorted(value for row in rows for value in row if value is not None)
        case ChartKind.TREEMAP:
            return sorted(value for value in known if value > 0)[-120:]
        case ChartKind.SANKEY:
            return sorted(value for value in known if value > 0)[-60:]
        case ChartKind.CALENDAR:
            days = [
                (x.year, value)
                for one in chart.series
                for x, y in zip(one.x, one.y, strict=True)
                if isinstance(x, dt.date) and (value := finite(y)) is not None
            ]
            years = sorted({year for year, _ in days})[-12:]
            return sorted(value for year, value in days if year in years)
        case ChartKind.MAP:
            return sorted(
                value
                for one in chart.series
                for x, y in zip(one.x, one.y, strict=True)
                if (value := finite(y)) is not None and x in countries()
            )
        case _:
            return known


def written_values(chart: Chart) -> list[float]:
    """The values that must stand in cells."""
    return sorted(value for series in chart.series for y in series.y if (value := finite(y)) is not None)
