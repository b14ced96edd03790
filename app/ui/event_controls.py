"""The choices that funnels and retention share: the event set, whose it is, its range, its filter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Protocol

import streamlit as st

from app.ui.choosing import choose_one, write_text
from app.ui.failure import failure_of
from app.ui.notice import EmptyState, empty_state, error_box
from app.ui.page_head import PageHead, page_head
from core.errors import UserError
from metrics.filter import write_value
from metrics.segments import SEGMENT
from services.behaviour import EventChoices

RANGES = ("", "last 90 days", "last 6 months", "last 12 months", "year to date", "last 4 quarters", "this quarter")

Keep = Callable[..., None]


class EventQuestion(Protocol):
    """What a page asks of events: a dataclass that is written into the address; `model` is the event set."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __init__(self, *, model: str) -> None:
        """The first question that is asked of an event set."""

    @property
    def model(self) -> str:
        """The event set."""

    def to_params(self) -> Mapping[str, Sequence[str]]:
        """The question as parameters of an address."""


def keep_question(question: EventQuestion) -> Keep:
    """What keeps a change of the question in the page's address; another event set is asked from the beginning."""

    def keep(**changed: object) -> None:
        if changed.get("model", question.model) == question.model:
            asked = replace(question, **changed)
        else:
            asked = type(question)(model=str(changed["model"]))
        keep_params(asked.to_params())

    return keep


def keep_params(params: Mapping[str, Sequence[str]]) -> None:
    """The choices become the page's address."""
    st.query_params.from_dict({name: list(values) for name, values in params.items()})


def address() -> dict[str, list[str]]:
    """The choices of the page's address."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def draw_nothing(kind: str) -> None:
    """What a page says where a tenant has no events."""
    page_head(PageHead(answer="There are no events yet."), key=kind)
    text = "A model whose rows are what happened to somebody needs `events` (docs/metrics.md)."
    empty_state(EmptyState(title="Nothing to count", text=text), key=f"{kind}_none")


def draw_unanswered(error: UserError, answer: str, *, key: str) -> None:
    """What a page says where a question has no answer, with the way back."""
    page_head(PageHead(answer=answer), key=key)
    error_box(failure_of(error, what="Not answered"), key=key)
    if st.button("Begin again", key=f"{key}_again"):
        st.query_params.clear()
        st.rerun()


def choose_events(known: EventChoices, entity: str, keep: Keep, *, key: str) -> None:
    """Which event set, and whose events."""
    models = dict(known.models)
    with st.popover(f"{known.entities.get(entity, entity)}", icon=":material/group:", key=f"{key}_who"):
        choose_one(
            "Events", models, known.model.name, lambda one: keep(model=one), key=f"{key}_model", is_labelled=True
        )
        choose_one("Whose", known.entities, entity, lambda one: keep(entity=one), key=f"{key}_entity", is_labelled=True)


def choose_range(asked: str, days: Sequence[object], keep: Keep, *, key: str) -> None:
    """The range in words; one of dates comes from the address."""
    written = " to ".join(str(day or "...") for day in days) if any(days) and not asked else ""
    ranges = {one: one.capitalize() or "All time" for one in dict.fromkeys((*RANGES, asked))}
    if written:
        ranges = {written: written} | ranges

    def choose(one: str) -> None:
        if one != written or not written:
            keep(range="" if one == "All time" else one.strip().casefold(), first=None, last=None)

    choose_one("Range", ranges, written or asked, choose, key=f"{key}_range", is_open=True, width=150)


def choose_filter(where: str, known: EventChoices, keep: Keep, *, key: str) -> None:
    """A filter in words over the dimensions within reach."""
    with st.popover("Filter (1)" if where else "Filter", icon=":material/tune:", key=f"{key}_filter"):
        hint = f"{next(iter(known.dimensions), 'region')} = 'x'"
        write_text("Only where", where, lambda text: keep(where=text), key=f"{key}_where", hint=hint)
        st.caption(f"Dimensions: {', '.join(sorted(known.dimensions))}")
        if known.segments:
            choose_one(
                "Add a segment or cohort", {"": "None", **{name: name for name in known.segments}}, "",
                lambda one: keep(where=_with_segment(where, one)), key=f"{key}_segment", is_labelled=True, width=260,
            )  # fmt: skip


def _with_segment(where: str, name: str) -> str:
    if not name:
        return where
    condition = f"{SEGMENT} = {write_value(name)}"
    return f"({where}) AND {condition}" if where else condition
