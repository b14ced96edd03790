"""A report as plain tables, for formats that carry data and no layout: the key figures, then each chart and table."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from charts import Chart
from core.numbers import is_undefined
from core.result import Column, ColumnType
from exports.blocks import ChartBlock, Footnotes, KpiRow, KpiTile, Report, TableBlock

_UNSAFE = re.compile(r"[^a-z0-9]+")
# The date of every entry: the same report gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table of a report; `name` is one of a file."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]


def list_parts(report: Report) -> list[Part]:
    """The tables of a report in order, each under a name of its own. What is undefined is None."""
    tiles = [tile for block in report.blocks if isinstance(block, KpiRow) for tile in block.tiles]
    parts = [_figures(tiles)] if tiles else []
    for block in report.blocks:
        if isinstance(block, ChartBlock):
            parts.append(_chart(block.chart))
        elif isinstance(block, TableBlock):
            table = block.shown()
            parts.append(Part(name="", title=table.title, columns=table.columns, rows=_defined(table.rows)))
    return list(_named(parts))


def pack(report: Report, extension: str, write: Callable[[Part], bytes]) -> bytes:
    """A ZIP archive with a file for each part of a report."""
    target = io.BytesIO()
    parts = list_parts(report)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in [*parts, *_about(report, {part.name for part in parts})]:
            entry = zipfile.ZipInfo(f"{part.name}.{extension}", date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, write(part))
    return target.getvalue()


def _about(report: Report, taken: set[str]) -> list[Part]:
    """What a reader needs to check the numbers, as a table; none where the report says nothing of it."""
    notes = [block for block in report.blocks if isinstance(block, Footnotes)]
    facts = [("Data", report.watermark)]
    for note in notes:
        facts += [("Rows", note.policy), ("Filters", note.filters)]
        facts += [(f"Definition of {one.label}", one.text) for one in note.definitions]
    if not notes:
        return []
    columns = tuple(Column(name=name.lower(), label=name, type=ColumnType.TEXT) for name in ("Fact", "Text"))
    name = "about"
    while name in taken:
        name += "-report"
    rows = tuple((label, text) for label, text in facts if text)
    return [Part(name=name, title="About", columns=columns, rows=rows)]


def _figures(tiles: list[KpiTile]) -> Part:
    columns = (
        Column(name="figure", label="Figure", type=ColumnType.TEXT),
        Column(name="value", label="Value", type=ColumnType.NUMBER),
        Column(name="unit", label="Unit", type=ColumnType.TEXT),
        Column(name="previous", label="Previous", type=ColumnType.NUMBER),
        Column(name="comparison", label="Compared", type=ColumnType.TEXT),
    )
    rows = tuple((tile.label, tile.number, tile.unit, tile.previous, tile.comparison) for tile in tiles)
    return Part(name="", title="Key figures", columns=columns, rows=_defined(rows))


def _chart(chart: Chart) -> Part:
    """A row for each x, in the order in which the series name them."""
    places = list(dict.fromkeys(x for series in chart.series for x in series.x))
    values = [dict(zip(series.x, series.y, strict=True)) for series in chart.series]
    first = Column(name="x", label=chart.x_label or "x", type=_type_of(places))
    others = tuple(
        Column(name=f"y{place}", label=series.name, type=ColumnType.NUMBER, unit=chart.unit_of(series))
        for place, series in enumerate(chart.series)
    )
    rows = tuple((x, *(one.get(x) for one in values)) for x in places)
    return Part(name="", title=chart.title, columns=(first, *others), rows=_defined(rows))


def _type_of(values: Sequence[object]) -> ColumnType:
    if values and all(isinstance(value, dt.datetime) for value in values):
        return ColumnType.DATETIME
    if values and all(isinstance(value, dt.date) for value in values):
        return ColumnType.DATE
    if values and all(isinstance(value, int | float) for value in values):
        return ColumnType.NUMBER
    return ColumnType.TEXT


def _defined(rows: tuple[tuple[object, ...], ...]) -> tuple[tuple[object, ...], ...]:
    return tuple(tuple(None if is_undefined(value) else value for value in row) for row in rows)


def _named(parts: list[Part]) -> Iterator[Part]:
    taken: set[str] = set()
    for number, part in enumerate(parts, start=1):
        stem = _UNSAFE.sub("-", part.title.casefold()).strip("-")[:60] or f"part-{number}"
        name = stem if stem not in taken else f"{stem}-{number}"
        taken.add(name)
        yield Part(name=name, title=part.title, columns=part.columns, rows=part.rows)
