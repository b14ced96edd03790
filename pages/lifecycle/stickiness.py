"""The view of how many periods entities come in."""

import streamlit as st

from app.ui.chart import draw_chart
from app.ui.parts import CardHeader, DataTable, ShareCell, TableColumn, card, card_header, data_table
from core import numbers
from services.behaviour.drawing import draw_stickiness
from services.behaviour.lifecycle import LifecycleAnswer

_SHOWN = 62
_CLICKED = "stickiness_clicked"


def answer_of_stickiness(found: LifecycleAnswer) -> tuple[str, str]:
    """How many of those that came are there on an average day, and how often half of them come."""
    unit, who = found.question.unit, found.entity_label.lower()
    came = sum(bar.count for bar in found.bars)
    share = numbers.compact(found.stickiness, "ratio")
    half = max((bar.periods for bar in found.bars if 2 * bar.at_least >= came), default=0)
    answer = f"On an average {unit}, {share} of the {came:,} {who} that came in these {found.length} {unit}s are there."
    return answer, f" Half of them come in {half} {unit}s or more."


def draw_stickiness_cards(found: LifecycleAnswer, *, may_open: bool) -> str | None:
    """Draw the chart and the table; the mark that was chosen."""
    unit, who = found.question.unit, found.entity_label
    came = sum(bar.count for bar in found.bars)
    with card(key="lifecycle_chart"):
        title = f"In how many of {found.length} {unit}s {who.lower()} come"
        hint = "Choose a column for those behind it" if may_open else ""
        card_header(CardHeader(title=title, subtitle=hint), key="lifecycle_chart")
        chart = draw_stickiness(found.bars, unit, title)
        draw_chart(chart, key="lifecycle_chart", on_click=_remember if may_open else None)
    with card(key="lifecycle_table"):
        hint = f"Choose a number for the {who.lower()} that came in so many {unit}s or more" if may_open else ""
        card_header(CardHeader(title=f"At least so many {unit}s", subtitle=hint, is_ruled=True), key="lifecycle_table")
        shown = found.bars[:_SHOWN]
        columns = (
            TableColumn(label=f"{unit.capitalize()}s"), TableColumn(label="Exactly", is_number=True),
            TableColumn(label="At least", is_number=True), TableColumn(label="Of all", is_number=True),
        )  # fmt: skip
        rows = tuple(
            (
                str(bar.periods), f"{bar.count:,}", f"{bar.at_least:,}",
                ShareCell(text=str(numbers.compact(bar.at_least / came, "ratio")), share=bar.at_least / came),
            )
            for bar in shown
        )  # fmt: skip
        table = DataTable(
            caption=title, columns=columns, rows=rows, total_rows=len(found.bars),
            row_acts=tuple(f"{bar.periods}+" for bar in shown) if may_open else (),
        )  # fmt: skip
        act = data_table(table, key="lifecycle_table")
    return act or st.session_state.pop(_CLICKED, None)


def stickiness_rows(found: LifecycleAnswer) -> list[list[object]]:
    """The table for a file."""
    return [
        [f"{found.question.unit}s", "exactly", "at_least"],
        *(list[object]([bar.periods, bar.count, bar.at_least]) for bar in found.bars),
    ]


def _remember(x: str) -> None:
    """The column that was clicked, for the run that follows."""
    st.session_state[_CLICKED] = x
