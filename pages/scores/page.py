"""Scores: what is likely to come to its event and why, and the model's card: record, calibration, drift, versions."""

import streamlit as st

from app.ui.failure import failure_of
from app.ui.parts import EmptyState, MetaItem, PageHead, Span, card, cards, empty_state, error_box, page_bar, page_head
from core.errors import UserError
from metrics.period import date_label
from pages.scores.evidence import draw_calibration, draw_drivers, draw_record, draw_versions
from pages.scores.rows import draw_rows
from services.platform import Platform
from services.scoring import ScoreCard, find_scores, open_score
from services.scoring.kind import ScoreKind
from tenants.access import Principal


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    kinds = find_scores(platform, principal)
    if not kinds:
        page_head(PageHead(answer="There is nothing to score yet."), key="scores")
        with card(key="scores_none"):
            text = "A score is made from a history of deals: a model with a `pipeline` among the metrics."
            empty_state(EmptyState(title="No history of deals", text=text), key="scores_none")
        return
    head = st.empty()
    with head.container():
        page_head(PageHead(answer="What is likely, and why?"), key="scores_waiting")
    name = _chosen(kinds)
    try:
        with st.spinner("Learning from what came of earlier rows, and trying it on later ones"):
            found = open_score(platform, principal, name)
    except UserError as error:
        head.empty()
        page_head(PageHead(answer="The score cannot be made."), key="scores")
        error_box(failure_of(error), key="scores")
        return
    with head.container():
        _answer(found)
    draw_rows(found)
    left, right = cards([3, 2], key="scores_evidence")
    with left:
        draw_calibration(found)
    with right:
        draw_drivers(found)
    draw_record(found)
    draw_versions(platform, principal, found, name)


def _chosen(kinds: dict[str, ScoreKind]) -> str:
    asked = st.query_params.get("score", "")
    st.session_state["scores_kind"] = asked if asked in kinds else next(iter(kinds))

    def keep() -> None:
        st.query_params["score"] = str(st.session_state["scores_kind"])

    with page_bar([MetaItem(text="Made from what was known on each day", icon="history")], key="scores"):
        st.selectbox(
            "Score", list(kinds), format_func=lambda one: f"{kinds[one].LABEL} within {kinds[one].WITHIN} days",
            key="scores_kind", on_change=keep, width=260, label_visibility="collapsed",
        )  # fmt: skip
    return str(st.session_state["scores_kind"])


def _answer(found: ScoreCard) -> None:
    kind = found.kind
    if found.refusal:
        page_head(
            PageHead(answer=f"No {kind.ENTITY} is scored.", cause=f" {found.refusal}", text=_learned(found)),
            key="scores",
        )
        return
    answer = (
        f"{found.likely:,} of {found.open:,} {kind.ENTITIES} are likelier than not to {kind.EVENT} within "
        f"{kind.WITHIN} days."
    )
    cause = f" All their chances add up to {found.expected:,.0f}."
    page_head(PageHead(answer=(Span(answer),), cause=cause, text=_verdict(found)), key="scores")


def _verdict(found: ScoreCard) -> str:
    quality = found.record.quality
    if quality is None:
        return _learned(found)
    text = (
        f"On {quality.rows:,} rows it had not seen, of later days, its squared error was {quality.brier:.3f}; the rate "
        f"of each stage had {quality.baseline_brier:.3f}. {_learned(found)}"
    )
    if found.drifted:
        names = ", ".join(found.labels.get(name, name) for name in found.drifted)
        text += f" No longer as learned: {names}."
    return text


def _learned(found: ScoreCard) -> str:
    if not found.learned:
        return "Nothing has been learned yet."
    return f"Learned from {found.learned:,} rows known on {date_label(found.version)}."
