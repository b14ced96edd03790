"""The rows that are scored, each with its band and the columns that speak for and against it."""

import streamlit as st

from app.ui.parts import (
    CardHeader,
    DataTable,
    EmptyState,
    ShareCell,
    TableColumn,
    card,
    card_header,
    data_table,
    empty_state,
)
from core import numbers
from services.scoring import ScoreCard, ScoredRow

_SHOWN = 20
_REASONS = 2
_ORDERS = {"likely": "Likeliest first", "open": "Least certain first", "unlikely": "Least likely first"}


def draw_rows(found: ScoreCard) -> None:
    """The table of rows, or why there is none."""
    with card(key="scores_rows"):
        if found.refusal:
            empty_state(EmptyState(title="Not served", text=found.refusal), key="scores_rows")
            return
        if not found.rows:
            text = "Single rows are shown to those who may read data."
            if not found.open:
                text = f"There are no {found.kind.ENTITIES}."
            empty_state(EmptyState(title="No rows", text=text), key="scores_rows")
            return
        title = f"The {found.kind.ENTITIES}"
        text = "The chance, where nine in ten of such rates lie, and what it is made of"
        card_header(CardHeader(title=title, subtitle=text, is_ruled=True), key="scores_rows")
        shown = _ordered(found)[:_SHOWN]
        table = DataTable(
            caption=title,
            columns=(
                TableColumn(label=found.kind.ENTITY.capitalize()), TableColumn(label="Chance", is_number=True),
                TableColumn(label="Between", is_number=True), TableColumn(label="Speaks for it"),
                TableColumn(label="Speaks against it"),
            ),
            rows=tuple(_row(found, one) for one in shown),
            total_rows=len(found.rows),
        )  # fmt: skip
        data_table(table, key="scores_rows")


def _ordered(found: ScoreCard) -> list[ScoredRow]:
    asked = st.query_params.get("order", "")
    st.session_state["scores_order"] = asked if asked in _ORDERS else "likely"

    def keep() -> None:
        st.query_params["order"] = str(st.session_state["scores_order"])

    st.selectbox(
        "Order", list(_ORDERS), format_func=_ORDERS.__getitem__, key="scores_order", on_change=keep, width=220,
        label_visibility="collapsed",
    )  # fmt: skip
    order = st.session_state["scores_order"]
    if order == "likely":
        return list(found.rows)
    if order == "unlikely":
        return list(reversed(found.rows))
    return sorted(found.rows, key=lambda one: abs(one.score.probability - 0.5))


def _row(found: ScoreCard, one: ScoredRow) -> tuple[str | ShareCell, ...]:
    score = one.score
    reasons = [(name, part) for name, part in score.reasons if not name.startswith("(")]
    return (
        one.name,
        ShareCell(text=f"{score.probability:.0%}", share=score.probability),
        f"{score.low:.0%} to {score.high:.0%}",
        _spoken(found, one, [name for name, part in reasons if part > 0]),
        _spoken(found, one, [name for name, part in reasons if part < 0]),
    )


def _spoken(found: ScoreCard, one: ScoredRow, names: list[str]) -> str:
    return ", ".join(f"{found.labels.get(name, name)}: {_value(found, one, name)}" for name in names[:_REASONS])


def _value(found: ScoreCard, one: ScoredRow, name: str) -> str:
    value = one.values[name]
    if value is None:
        return "not known"
    if isinstance(value, str):
        return value
    unit = found.units.get(name)
    if unit == "days":
        return f"{value:,.0f} days"
    return str(numbers.compact(value, unit))
