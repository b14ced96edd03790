"""The view of recency, frequency and money."""

from collections import Counter

import streamlit as st

from app.ui.chart import draw_chart
from app.ui.heat_map import HeatCell, HeatMap, HeatRow, heat_map, shade_of
from app.ui.parts import CardHeader, Cell, DataTable, ShareCell, TableColumn, card, card_header, cards, data_table
from core import numbers
from metrics.behaviour.rfm import SCORES, RfmSegment
from services.behaviour.drawing import draw_segments
from services.behaviour.lifecycle import LifecycleAnswer, SegmentFigures

_CLICKED = "rfm_clicked"
_FADING = (RfmSegment.CANNOT_LOSE, RfmSegment.AT_RISK)


def answer_of_rfm(found: LifecycleAnswer, currency: str) -> tuple[str, str]:
    """What the champions bring, and how many that used to come often do no more."""
    who = found.entity_label.lower()
    champions, total = found.segments[0], sum(one.count for one in found.segments)
    answer = f"{champions.count:,} of {total:,} {who} are champions"
    value = sum((one.value for one in found.segments if one.value is not None), start=0)
    if champions.value is not None and value:
        share = numbers.compact(float(champions.value / value), "ratio")
        answer += f" and bring {share} of {numbers.compact(value, currency)}"
    fading = sum(one.count for one in found.segments if one.segment in _FADING)
    return f"{answer}.", f" {fading:,} that came often have stayed away: at risk, or not to be lost."


def draw_rfm(found: LifecycleAnswer, currency: str, *, may_open: bool) -> str | None:
    """Draw segments and scores; the mark that was chosen."""
    who = found.entity_label
    chart_card, map_card = cards([1, 1.2], key="lifecycle")
    with chart_card:
        hint = "Choose a bar for those behind it" if may_open else ""
        card_header(CardHeader(title="Segments", subtitle=hint), key="lifecycle_chart")
        chart = draw_segments(found.segments, f"{who} by segment")
        draw_chart(chart, key="lifecycle_chart", on_click=_remember if may_open else None)
    with map_card:
        subtitle = "R 5 is the fifth that came last, F 5 the one that came most often; equal values have equal scores"
        card_header(CardHeader(title="Recency and frequency", subtitle=subtitle), key="lifecycle_scores")
        cell = heat_map(_heat(found, may_open=may_open), key="lifecycle")
    with card(key="lifecycle_table"):
        hint = "Choose a segment for those behind it" if may_open else ""
        card_header(CardHeader(title="Segment by segment", subtitle=hint, is_ruled=True), key="lifecycle_table")
        labels = [who, "Of all", "Days since the last", "Events", "Value", "Value each"]
        columns = (TableColumn(label="Segment"), *(TableColumn(label=label, is_number=True) for label in labels))
        total = sum(one.count for one in found.segments)
        rows = tuple(_row(one, total, currency) for one in found.segments)
        acts = tuple(one.segment.value if one.count else "" for one in found.segments) if may_open else ()
        notes = ("Days and events are medians",)
        table = DataTable(caption="RFM segments", columns=columns, rows=rows, row_acts=acts, notes=notes)
        act = data_table(table, key="lifecycle_table")
    return cell or act or st.session_state.pop(_CLICKED, None)


def rfm_rows(found: LifecycleAnswer) -> list[list[object]]:
    """The table for a file."""
    return [
        ["segment", "count", "median_days", "median_events", "value"],
        *(list[object]([one.segment, one.count, one.days, one.events, one.value]) for one in found.segments),
    ]


def _row(one: SegmentFigures, total: int, currency: str) -> tuple[Cell, ...]:
    share = one.count / total if total else 0.0
    each = None if one.value is None or not one.count else one.value / one.count
    return (
        one.segment.capitalize(), f"{one.count:,}", ShareCell(text=str(numbers.compact(share, "ratio")), share=share),
        numbers.UNDEFINED if one.days is None else f"{one.days:,.0f}",
        numbers.UNDEFINED if one.events is None else f"{one.events:,.0f}",
        str(numbers.compact(one.value, currency)), str(numbers.compact(each, currency)),
    )  # fmt: skip


def _heat(found: LifecycleAnswer, *, may_open: bool) -> HeatMap:
    scores = range(SCORES, 0, -1)
    pairs = [] if found.rfm is None else zip(found.rfm.recency_score, found.rfm.frequency_score, strict=True)
    counts = Counter((int(recency), int(frequency)) for recency, frequency in pairs)
    high = max(counts.values(), default=0)
    rows = []
    for recency in scores:
        cells = []
        for frequency in reversed(scores):
            count = counts[recency, frequency]
            cells.append(
                HeatCell(
                    text=f"{count:,}", spoken=f"Recency {recency}, frequency {frequency}: {count:,}",
                    shade=shade_of(count, 0, high) if count else 0.0,
                    act=f"{recency}:{frequency}" if may_open and count else "",
                )
            )  # fmt: skip
        size = sum(counts[recency, frequency] for frequency in scores)
        rows.append(HeatRow(label=f"R {recency}", size=f"{size:,}", cells=tuple(cells)))
    return HeatMap(
        caption=f"{found.entity_label} by scores of recency and frequency",
        corner="Score",
        size_label="All",
        columns=tuple(f"F {frequency}" for frequency in reversed(scores)),
        rows=tuple(rows),
    )


def _remember(name: str) -> None:
    """The bar that was clicked, for the run that follows."""
    st.session_state[_CLICKED] = name.casefold()
