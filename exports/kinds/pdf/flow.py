"""Turns the blocks of a report into what ReportLab sets on pages, in order."""

from dataclasses import dataclass
from typing import assert_never

from reportlab.platypus import CondPageBreak, Flowable, HRFlowable, KeepTogether, NextPageTemplate, Spacer
from reportlab.platypus import PageBreak as NewPage

from charts import Chart, ChartKind, render_drawing
from charts.days import calendar_of
from exports.blocks import Block, ChartBlock, Footnotes, Heading, KpiRow, PageBreak, Problem, Report, TableBlock, Text
from exports.kinds.pdf.card import Card, CardRow, half_width
from exports.kinds.pdf.outline import Bookmark
from exports.kinds.pdf.prose import labelled, plain, prose
from exports.kinds.pdf.style import GAP, HAIRLINE, PADDING, colour
from exports.kinds.pdf.tables import is_wide, table_flowables
from exports.kinds.pdf.tiles import TileRow, tile_rows

PORTRAIT, LANDSCAPE = "page", "landscape"
CHART_HEIGHT = 156.0
BAR_ROW = 19.0
# A year of a calendar, with the names of its months.
BAND = 84.0
HIGHEST_CHART = 480.0


@dataclass(slots=True)
class Flow:
    """Where the next block goes: the width of the text, upright and on its side, and the level of its heading."""

    width: float
    wide: float
    level: int = 0


def report_flowables(report: Report, width: float, wide: float) -> list[Flowable]:
    """Everything below the title of a report; tables too wide for a page stand on pages turned on their side."""
    flow = Flow(width=width, wide=wide)
    story: list[Flowable] = []
    pending: list[Flowable] = []
    blocks = list(report.blocks)
    while blocks:
        block = blocks.pop(0)
        if _is_half(block) and blocks and _is_half(blocks[0]):
            made = _chart_pair([block, blocks.pop(0)], flow)
        else:
            made = _flowables(block, flow)
        if isinstance(block, Heading):
            pending += made
            continue
        story += _with_heading(pending, made)
        pending = []
    return _without_empty_pages(story + pending)


def _is_half(block: Block) -> bool:
    return isinstance(block, ChartBlock) and block.is_half


def _chart_pair(blocks: list[Block], flow: Flow) -> list[Flowable]:
    charts = [block.chart for block in blocks if isinstance(block, ChartBlock)]
    height = max(map(chart_height, charts))
    return [CardRow([_card(chart, half_width(flow.width), height, flow.level) for chart in charts])]


def _flowables(block: Block, flow: Flow) -> list[Flowable]:
    match block:
        case Heading():
            return _heading(block, flow)
        case Text():
            return prose(block.markdown)
        case KpiRow():
            return tile_rows(block)
        case ChartBlock():
            return [_card(block.chart, flow.width, chart_height(block.chart), flow.level)]
        case TableBlock():
            return _table(block.shown(), flow)
        case Problem():
            return _problem(block, flow)
        case PageBreak():
            return [NewPage()]
        case Footnotes():
            return _footnotes(block)
        case _:
            assert_never(block)


def _with_heading(heading: list[Flowable], made: list[Flowable]) -> list[Flowable]:
    """A heading on the page of what it heads: whole where that cannot break, else with its first lines."""
    if not heading or not made:
        return heading + made
    if isinstance(made[0], NextPageTemplate):
        return [*made[:2], *heading, *made[2:]]
    if isinstance(made[0], Card | CardRow | TileRow):
        return [KeepTogether([*heading, made[0]]), *made[1:]]
    return [CondPageBreak(110), *heading, *made]


def _table(block: TableBlock, flow: Flow) -> list[Flowable]:
    if flow.wide <= flow.width or not is_wide(block, flow.width):
        return table_flowables(block, flow.width, flow.level)
    turned = table_flowables(block, flow.wide, flow.level)
    return [NextPageTemplate(LANDSCAPE), NewPage(), *turned, NextPageTemplate(PORTRAIT), NewPage()]


def _without_empty_pages(story: list[Flowable]) -> list[Flowable]:
    """Where a page turned on its side follows another, no upright page stands between."""
    kept: list[Flowable] = []
    for flowable in story:
        kept.append(flowable)
        if [_turn(one) for one in kept[-4:]] == [PORTRAIT, "break", LANDSCAPE, "break"]:
            kept[-4:] = [NewPage()]
    return kept


def _turn(flowable: Flowable) -> str:
    if isinstance(flowable, NextPageTemplate):
        return str(flowable.action[1])
    return "break" if isinstance(flowable, NewPage) else ""


def _heading(block: Heading, flow: Flow) -> list[Flowable]:
    flow.level = block.level
    return [Bookmark(block.text, block.level - 1), plain(block.text, f"heading{block.level}", 300)]


def _card(chart: Chart, width: float, height: float, level: int) -> Card:
    parts: list[Flowable] = [plain(chart.title, "cardTitle", 200)] if chart.title else []
    if chart.subtitle:
        parts.append(plain(chart.subtitle, "cardSubtitle", 300))
    parts += [Spacer(1, 7), render_drawing(chart, width - 2 * PADDING, height)]
    return Card(parts, title=chart.title or "Chart", level=level)


def chart_height(chart: Chart) -> float:
    """How high a chart is drawn, in points: horizontal bars grow with their number."""
    if chart.is_empty:
        return 60.0
    if chart.kind is ChartKind.CALENDAR:
        return float(min(len(calendar_of(chart).bands) * BAND + 16, HIGHEST_CHART))
    if not chart.kind.is_in_rows:
        return CHART_HEIGHT
    beside = len(chart.series) if chart.kind is ChartKind.BAR else 1
    rows = max((len(series.x) for series in chart.series), default=0) * (1 + 0.55 * (beside - 1))
    return float(min(max(rows * BAR_ROW + 30, 90), HIGHEST_CHART))


def _problem(block: Problem, flow: Flow) -> list[Flowable]:
    parts: list[Flowable] = [plain(f"{block.title} is not shown", "problemTitle", 200)]
    parts.append(plain(block.reason, "tileNote", 1200))
    if block.reference:
        parts.append(plain(f"Reference {block.reference}", "comparison", 80))
    return [Card(parts, title=block.title, level=flow.level, fill=colour("badSoft"), border=colour("badSoft"))]


def _footnotes(block: Footnotes) -> list[Flowable]:
    facts = [("Definition", f"{one.label}: {one.text}") for one in block.definitions]
    facts += [("Filters", block.filters), ("Data", block.watermark), ("Rows", block.policy)]
    lines: list[Flowable] = [labelled(label, text, "footnote") for label, text in facts if text]
    if not lines:
        return []
    rule = HRFlowable(width="100%", thickness=HAIRLINE, color=colour("line"), spaceBefore=4, spaceAfter=6)
    return [KeepTogether([Spacer(1, GAP), rule, plain("How to read these numbers", "footnoteHead"), *lines])]
