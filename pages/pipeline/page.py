"""Pipeline: what it was, what it is, and every step between, to the cent; each step opens its deals."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from app.ui.failure import failure_of
from app.ui.parts import (
    Bridge,
    BridgeBar,
    CardHeader,
    DataTable,
    Direction,
    EmptyState,
    MetaItem,
    PageHead,
    Span,
    TableColumn,
    card,
    card_header,
    data_table,
    draw_bridge,
    empty_state,
    error_box,
    page_bar,
    page_head,
)
from core import numbers
from core.errors import UserError
from metrics.bridge import Moved, State, Step
from metrics.period import date_label
from services.definitions import find_catalog
from services.pipeline import PipelineAnswer, PipelineQuestion, answer_pipeline, first_pipeline, pipeline_model
from services.platform import Platform
from tenants.access import Permission, Principal

_RANGES = {
    "this quarter": "Due this quarter", "this month": "Due this month", "this year": "Due this year",
    "last quarter": "Due last quarter", "": "All open deals",
}  # fmt: skip
_GOOD = frozenset({Step.CREATED, Step.REOPENED, Step.PULLED_IN, Step.MOVED_IN, Step.AMOUNT_UP, Step.WON})
_SHOWN_DEALS = 500


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    catalog = find_catalog(platform, principal)
    if catalog is None or pipeline_model(catalog) is None:
        page_head(PageHead(answer="There is no history of deals yet."), key="pipeline")
        text = "A model whose rows are the changes of deals needs a `pipeline` (docs/metrics.md)."
        with card(key="pipeline_none"):
            empty_state(EmptyState(title="Nothing to bridge", text=text), key="pipeline_none")
        return
    head = st.empty()
    try:
        question = _question(first_pipeline(platform, principal))
        found = answer_pipeline(platform, principal, question)
    except UserError as error:
        page_head(PageHead(answer="There is no bridge between these days."), key="pipeline")
        error_box(failure_of(error), key="pipeline")
        if st.button("Begin again", key="pipeline_again"):
            st.query_params.clear()
            st.rerun()
        return
    with head.container():
        _answer(principal, found)
    meta = [MetaItem(text=f"History: {found.model.label}", icon="history")]
    with page_bar(meta, key="pipeline"):
        _controls(found)
    _bridge(principal, found)
    if found.question.by:
        _members(principal, found)


def _question(first: PipelineQuestion) -> PipelineQuestion:
    """The question of the address; what is not in it is as the page opens."""
    params = st.query_params
    return replace(
        first,
        first=_day(params.get("from"), first.first),
        last=_day(params.get("to"), first.last),
        range=params.get("due", first.range) if params.get("due") != "all" else "",
        by=params.get("by"),
        where=params.get("where"),
    )


def _day(text: str | None, otherwise: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return otherwise


def _answer(principal: Principal, found: PipelineAnswer) -> None:
    currency = principal.tenant.currency
    opening, closing = (numbers.compact(value, currency) for value in (found.bridge.opening, found.bridge.closing))
    moved = found.bridge.closing - found.bridge.opening
    word = "rose" if moved > 0 else "fell"
    answer = f"Pipeline {word} by {numbers.compact(abs(moved), currency)} to {closing}."
    if not moved:
        answer = f"Pipeline stayed at {closing}."
    asked = found.question
    due = ""
    if found.window.first is not None and found.window.last is not None:
        due = f", due {date_label(found.window.first)} to {date_label(found.window.last)}"
    page_head(
        PageHead(
            answer=(Span(answer),),
            cause=f" It was {opening} on {date_label(asked.first)}.",
            text=f"Open deals{due}, at the end of {date_label(asked.first)} and of {date_label(asked.last)}.",
        ),
        key="pipeline",
    )


def _controls(found: PipelineAnswer) -> None:
    asked = found.question

    def keep(name: str) -> None:
        value = st.session_state[f"pipeline_{name}"]
        if isinstance(value, dt.date):
            value = value.isoformat()
        if name == "due" and value == "":
            value = "all"
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)

    for name, label, day in (("from", "From", asked.first), ("to", "To", asked.last)):
        st.session_state[f"pipeline_{name}"] = day
        st.date_input(
            label, key=f"pipeline_{name}", on_change=keep, args=(name,), width=130, label_visibility="collapsed"
        )
    ranges = {asked.range: asked.range.capitalize()} | _RANGES
    st.session_state["pipeline_due"] = asked.range
    st.selectbox(
        "Due", list(ranges), format_func=lambda one: ranges[one], key="pipeline_due", on_change=keep, args=("due",),
        width=170, label_visibility="collapsed",
    )  # fmt: skip
    splits = {"": "Not split"} | {name: f"By {label.lower()}" for name, label in found.dimensions.items()}
    st.session_state["pipeline_by"] = asked.by if asked.by in splits else ""
    st.selectbox(
        "Split by", list(splits), format_func=lambda one: splits[one], key="pipeline_by", on_change=keep,
        args=("by",), width=170, label_visibility="collapsed",
    )  # fmt: skip


def _bridge(principal: Principal, found: PipelineAnswer) -> None:
    currency, asked = principal.tenant.currency, found.question
    steps = found.bridge.steps()
    bars = [_total(f"Open on {date_label(asked.first)}", found.bridge.opening, currency)]
    for step, amount in steps.items():
        direction = Direction.BETTER if step in _GOOD else Direction.WORSE
        text = numbers.change(float(amount), currency)
        bars.append(BridgeBar(label=step.capitalize(), text=text, value=float(amount), direction=direction))
    bars.append(_total(f"Open on {date_label(asked.last)}", found.bridge.closing, currency))
    with card(key="pipeline_bridge"):
        card_header(CardHeader(title="What became of it", subtitle="Won deals leave the pipeline too"), key="pipeline")
        draw_bridge(Bridge(caption="The pipeline between two days", steps=tuple(bars)), key="pipeline")
    with card(key="pipeline_steps"):
        hint = "Choose a step to see its deals" if principal.can(Permission.DATA_READ) else ""
        card_header(CardHeader(title="Steps", subtitle=hint, is_ruled=True), key="pipeline_steps")
        names = list(steps)
        counts = [sum(move.step is step for move in found.bridge.moves) for step in names]
        rows = [
            (step.capitalize(), f"{count:,}", numbers.full(steps[step], currency, decimals=2))
            for step, count in zip(names, counts, strict=True)
        ]
        table = DataTable(
            caption="Steps of the bridge",
            columns=(
                TableColumn(label="Step"), TableColumn(label="Deals", is_number=True),
                TableColumn(label="Amount", is_number=True),
            ),
            rows=tuple(rows),
            row_acts=tuple(names) if principal.can(Permission.DATA_READ) else (),
            foot=("Change", "", numbers.full(found.bridge.closing - found.bridge.opening, currency, decimals=2)),
        )  # fmt: skip
        act = data_table(table, key="pipeline_steps")
    if act is not None:
        _open_step(found, Step(act), currency)


def _total(label: str, value: Decimal, currency: str) -> BridgeBar:
    return BridgeBar(label=label, text=str(numbers.compact(value, currency)), value=float(value), is_total=True)


def _open_step(found: PipelineAnswer, step: Step, currency: str) -> None:
    moves = [move for move in found.bridge.moves if move.step is step]

    @st.dialog(step.capitalize(), width="large")
    def show() -> None:
        shown = f"The largest {_SHOWN_DEALS} of " if len(moves) > _SHOWN_DEALS else ""
        st.text(f"{shown}{len(moves):,} deals; what each adds, and its state at both days")
        st.dataframe([_deal(move, currency) for move in moves[:_SHOWN_DEALS]], hide_index=True, row_height=32)

    show()


def _deal(move: Moved, currency: str) -> dict[str, str]:
    return {
        "Deal": str(move.entity),
        "Adds": numbers.full(move.amount, currency, decimals=2),
        "Before": _state(move.before, currency),
        "After": _state(move.after, currency),
    }


def _state(state: State | None, currency: str) -> str:
    if state is None:
        return "not there yet"
    due = f", due {state.close}" if state.close else ""
    return f"{state.stage}: {numbers.full(state.amount, currency, decimals=2)}{due}"


def _members(principal: Principal, found: PipelineAnswer) -> None:
    currency = principal.tenant.currency
    steps = [step for step in Step if step in found.bridge.steps()]
    members = sorted(found.members.items(), key=lambda item: -item[1].closing)
    rows = [
        (
            "Not set" if member is None else str(member),
            *(
                str(numbers.compact(value, currency))
                for value in (one.opening, *(one.steps().get(step, Decimal(0)) for step in steps), one.closing)
            ),
        )
        for member, one in members
    ]
    labels = ("Opening", *(step.capitalize() for step in steps), "Closing")
    with card(key="pipeline_members"):
        title = f"By {found.dimensions.get(found.question.by or '', found.question.by or '').lower()}"
        card_header(CardHeader(title=title, is_ruled=True), key="pipeline_members")
        table = DataTable(
            caption=title,
            columns=(TableColumn(label="Member"), *(TableColumn(label=label, is_number=True) for label in labels)),
            rows=tuple(rows),
        )
        data_table(table, key="pipeline_members")
