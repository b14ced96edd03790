"""Lifecycle: who is new, comes back, or is gone; how often they come; and what they are worth."""

import csv
import io
from typing import assert_never

import streamlit as st

from app.ui.choosing import choose_one
from app.ui.entity_dialog import Behind, MarkOf, open_entities
from app.ui.event_controls import (
    Keep,
    address,
    choose_events,
    choose_filter,
    choose_range,
    keep_params,
    keep_question,
)
from app.ui.event_page import draw_answered
from app.ui.parts import FooterLine, PageHead, Span, footer_line, page_head
from metrics.behaviour import Period
from notebooks import AskedPage
from pages.lifecycle.rfm import answer_of_rfm, draw_rfm, rfm_rows
from pages.lifecycle.standing import answer_of_standing, draw_standing, standing_rows
from pages.lifecycle.stickiness import answer_of_stickiness, draw_stickiness_cards, stickiness_rows
from services.behaviour.cells import cell_of_page
from services.behaviour.lifecycle import LifecycleAnswer, answer_lifecycle, entities_of_mark, title_of_mark
from services.behaviour.lifecycle_questions import ALL_TIME, LifecycleQuestion, View, parse_lifecycle
from services.platform import Platform
from tenants.access import Permission, Principal

_VIEWS = {View.LIFECYCLE: "Lifecycle", View.STICKINESS: "Stickiness", View.RFM: "RFM"}
_PERIODS = {Period.DAY: "Daily", Period.WEEK: "Weekly", Period.MONTH: "Monthly", Period.QUARTER: "Quarterly"}


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    found = draw_answered(
        platform,
        principal,
        lambda: answer_lifecycle(platform, principal, parse_lifecycle(address())),
        key="lifecycle",
        unanswered="This question has no answer.",
        head=lambda found: _answer(found, principal.tenant.currency),
        controls=_controls,
        cell=lambda found: cell_of_page(AskedPage.LIFECYCLE, found.question.to_params()),
    )
    if found is None:
        return
    mark = _draw_view(found, principal)
    _foot(found)
    if mark:
        _open(platform, principal, found, mark)


def _answer(found: LifecycleAnswer, currency: str) -> None:
    view = found.question.view
    if found.events.row_count == 0:
        answer, cause = f"No {found.entity_label.lower()} did {found.question.event} in this range.", ""
    elif view is View.LIFECYCLE:
        answer, cause = answer_of_standing(found)
    elif view is View.STICKINESS:
        answer, cause = answer_of_stickiness(found)
    else:
        answer, cause = answer_of_rfm(found, currency)
    page_head(PageHead(answer=(Span(answer),), cause=cause, text=f"By {found.question.event}."), key="lifecycle")


def _draw_view(found: LifecycleAnswer, principal: Principal) -> str | None:
    may_open = principal.can(Permission.DATA_READ)
    if found.events.row_count == 0:
        return None
    match found.question.view:
        case View.LIFECYCLE:
            return draw_standing(found, may_open=may_open)
        case View.STICKINESS:
            return draw_stickiness_cards(found, may_open=may_open)
        case View.RFM:
            return draw_rfm(found, principal.tenant.currency, may_open=may_open)
        case other:
            assert_never(other)


def _controls(found: LifecycleAnswer) -> None:
    question, known = found.question, found.choices
    keep = keep_question(question)
    choose_one(
        "View", {str(view): word for view, word in _VIEWS.items()}, str(question.view),
        lambda one: keep_params(LifecycleQuestion(view=View(one)).to_params()), key="lifecycle_view", width=130,
    )  # fmt: skip
    # Another event set is asked in the same view.
    choose_events(known, question.entity, _keep_view(question, keep), key="lifecycle")
    events = {question.event: question.event} | {name: name for name in known.counts} | {"any": "Any event"}
    choose_one(
        "Event", events, question.event, lambda one: keep(event=one), key="lifecycle_event", is_open=True, width=200
    )
    if question.view is not View.RFM:
        choose_one(
            "Period", {str(period): word for period, word in _PERIODS.items()}, str(question.unit),
            lambda one: keep(period=Period(one)), key="lifecycle_period", width=120,
        )  # fmt: skip
    choose_range(
        question.words, found.days, lambda **asked: keep(**{**asked, "range": asked["range"] or ALL_TIME}),
        key="lifecycle",
    )  # fmt: skip
    choose_filter(question.where, known, keep, key="lifecycle")


def _keep_view(question: LifecycleQuestion, keep: Keep) -> Keep:
    def kept(**changed: object) -> None:
        if changed.get("model", question.model) == question.model:
            keep(**changed)
        else:
            keep_params(LifecycleQuestion(view=question.view, model=str(changed["model"])).to_params())

    return kept


def _open(platform: Platform, principal: Principal, found: LifecycleAnswer, mark: str) -> None:
    of = MarkOf(
        model=found.question.model, entity=found.question.entity, label=found.entity_label, page=AskedPage.LIFECYCLE,
        params=found.question.to_params(),
    )  # fmt: skip
    open_entities(
        platform, principal, of,
        Behind(title=title_of_mark(found, mark), keys=entities_of_mark(found, mark), mark=mark),
    )  # fmt: skip


def _foot(found: LifecycleAnswer) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        notes = (f"{found.events.row_count:,} events", f"Data version {found.watermark.version}", *found.notes)
        footer_line(FooterLine(notes=notes), key="lifecycle")
    right.download_button(
        "CSV", data=_csv(found), file_name=f"{found.question.view}.csv", mime="text/csv", icon=":material/download:",
        key="lifecycle_csv", on_click="ignore",
    )  # fmt: skip


def _csv(found: LifecycleAnswer) -> bytes:
    rows = {View.LIFECYCLE: standing_rows, View.STICKINESS: stickiness_rows, View.RFM: rfm_rows}[found.question.view]
    text = io.StringIO()
    csv.writer(text).writerows(rows(found))
    return text.getvalue().encode("utf-8-sig")
