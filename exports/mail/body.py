"""Renders a report as a mail: tables instead of boxes, styles on each element, no script, no picture from elsewhere.

Mail programs keep little of HTML: the layout is tables, colours follow the reader's light or dark theme where the
program knows it and are readable where it does not. Everything typed by members is escaped.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from charts import Chart
from charts.table import as_table
from core.numbers import MINUS
from exports.blocks import (
    Block,
    ChartBlock,
    Footnotes,
    Heading,
    KpiRow,
    KpiTile,
    PageBreak,
    Problem,
    Report,
    TableBlock,
    Text,
)
from exports.cells import cell_text, even_decimals, heading_text, is_numeric, total_texts
from exports.markdown import Bullets, parse_markdown

# Stands where the address to unsubscribe is put for each recipient; the rest is the same for all of a group.
UNSUBSCRIBE = "https://unsubscribe.invalid/"
_MOST_ROWS = 15
_MOST_COLUMNS = 6
_ARROWS = {"+": "▲ ", MINUS: "▼ "}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBody:
    """The same in two forms."""

    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tile:
    label: str
    value: str
    unit: str
    change: str
    tone: str
    comparison: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """A table in words. `shares` are the lengths of bars, between 0 and 1, for charts of one series of members."""

    title: str
    subtitle: str
    headings: tuple[str, ...]
    is_number: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] = ()
    left_out: str = ""
    shares: tuple[float, ...] = ()


def render_mail(report: Report, *, address: str) -> MailBody:
    """The body of a mail that carries a report; `address` opens it in the product."""
    parts = [part for block in report.blocks if (part := _part(block)) is not None]
    values = {"report": report, "parts": parts, "address": address, "unsubscribe": UNSUBSCRIBE}
    return MailBody(
        html=_environment().get_template("body.html").render(values),
        text=_environment().get_template("body.txt").render(values),
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.tests["bullets"] = lambda element: isinstance(element, Bullets)
    return made


def _part(block: Block) -> dict[str, object] | None:
    match block:
        case KpiRow():
            return {"kind": "tiles", "rows": _rows_of_two([_tile(tile) for tile in block.tiles])}
        case Text():
            return {"kind": "text", "elements": parse_markdown(block.markdown)}
        case Heading():
            return {"kind": "heading", "text": block.text}
        case TableBlock():
            return {"kind": "grid", "grid": _table(block.shown())}
        case ChartBlock():
            return {"kind": "grid", "grid": _chart(block.chart)}
        case Problem():
            return {"kind": "problem", "problem": block}
        case Footnotes():
            return {"kind": "notes", "notes": block}
        case PageBreak():
            return None


def _rows_of_two(tiles: list[_Tile]) -> list[list[_Tile]]:
    return [tiles[index : index + 2] for index in range(0, len(tiles), 2)]


def _tile(tile: KpiTile) -> _Tile:
    tone = "" if tile.is_better is None else ("good" if tile.is_better else "bad")
    return _Tile(
        label=tile.label,
        value=tile.value.text,
        unit=tile.value.unit,
        change=_ARROWS.get(tile.change[:1], "") + tile.change.lstrip(f"+{MINUS}"),
        tone=tone,
        comparison=tile.comparison,
        note=tile.note,
    )


def _table(table: TableBlock) -> _Grid:
    columns = tuple(
        even_decimals(column, [row[index] for row in table.rows])
        for index, column in enumerate(table.columns[:_MOST_COLUMNS])
    )
    shown = table.rows[:_MOST_ROWS]
    total = len(table.rows) if table.total_rows is None else table.total_rows
    left_out = [f"{len(shown):,} of {total:,} rows"] if total > len(shown) else []
    if len(table.columns) > len(columns):
        left_out.append(f"{len(columns)} of {len(table.columns):,} columns")
    return _Grid(
        title=table.title,
        subtitle=table.subtitle,
        headings=tuple(heading_text(column) for column in columns),
        is_number=tuple(is_numeric(column) for column in columns),
        rows=tuple(tuple(_clip(cell_text(row[i], column)) for i, column in enumerate(columns)) for row in shown),
        totals=tuple(_clip(text) for text in total_texts(table.totals, table.columns)[:_MOST_COLUMNS]),
        left_out=", ".join(left_out),
    )


def _chart(chart: Chart) -> _Grid:
    headings, rows = as_table(chart)
    is_over_members = chart.kind.is_by_name
    shown = rows[:_MOST_ROWS] if is_over_members else rows[-_MOST_ROWS:]
    return _Grid(
        title=chart.title,
        subtitle=chart.subtitle,
        headings=headings[:_MOST_COLUMNS],
        is_number=(False, *(True for _ in headings[1:_MOST_COLUMNS])),
        rows=tuple(tuple(_clip(text) for text in row[:_MOST_COLUMNS]) for row in shown),
        left_out=f"{len(shown):,} of {len(rows):,} rows" if len(rows) > len(shown) else "",
        shares=_shares(chart, len(shown)) if is_over_members else (),
    )


def _shares(chart: Chart, count: int) -> tuple[float, ...]:
    """The length of each member's bar against the longest; none where there are several series or negative values."""
    if len(chart.series) != 1 or any(value is not None and value < 0 for value in chart.series[0].y):
        return ()
    values = [float(value or 0) for value in chart.series[0].y]
    longest = max(values, default=0.0)
    return tuple(value / longest for value in values[:count]) if longest > 0 and len(values) >= count else ()


def _clip(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
