"""What is typed into the open form of a cell is kept while it is typed, and offered when the member comes back."""

from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st
from pydantic import BaseModel, ConfigDict, ValidationError
from streamlit.components import v2

from app.ui.action import Action
from app.ui.notebook_state import EditorState, discard_draft, editor_state
from app.ui.notice import Alert, TileError, alert_box, error_box
from app.ui.tone import Tone
from core.errors import InvalidError, UserError
from notebooks import cell_kinds, kind_name
from services.notebook_drafts import NotebookDraft, keep_draft, list_drafts, place_draft, read_draft, write_draft
from services.platform import Platform
from tenants.access import Principal

_mount = v2.component(
    "plumbline_drafts", js=(Path(__file__).resolve().parent / "drafts.js").read_text(encoding="utf-8")
)
SHOWN = 3
EXCERPT = 80


class _Handed(BaseModel):
    """What the browser hands over: drafts as texts, under a number that tells it that they are kept."""

    model_config = ConfigDict(extra="forbid")

    number: int
    drafts: list[str]


@st.fragment
def keep_typed(platform: Platform, principal: Principal, name: str) -> None:
    """Listen to the open form; the page around it is not run again for it."""
    state = editor_state(name)
    if state.keeping_problem:
        error_box(TileError(what="What you type is not kept", why=state.keeping_problem), key="drafts")
    if state.has_recovered:
        state.has_recovered = False
        st.rerun(scope="app")
    key = f"drafts_{name}"

    def report() -> None:
        text = st.session_state[key].get("typed")
        if isinstance(text, str):
            _keep(platform, principal, state, name, text)

    draft = open_draft(state)
    dropped = None if state.dropped is None else {"number": state.dropped[0], "place": state.dropped[1]}
    data = {
        "prefix": f"plumbline-draft:{principal.member_id}:{name}:",
        "form": None if draft is None else f"cellform_{state.form}",
        "place": None if draft is None else draft.place,
        "draft": None if draft is None else write_draft(draft),
        "kept": state.kept,
        "dropped": dropped,
    }
    _mount(key=key, data=data, height="content", on_typed_change=report)


def offer_drafts(platform: Platform, principal: Principal, name: str) -> None:
    """What the member typed and did not save, while no form is open: to go on with, or to discard."""
    state = editor_state(name)
    if state.opened is not None or state.adding is not None or state.conflict is not None:
        return
    for number, draft in enumerate(list_drafts(platform, principal, name)[:SHOWN]):

        def act(chosen: str, draft: NotebookDraft = draft) -> None:
            if chosen == "open":
                state.resume(place_draft(platform, principal, name, draft))
            else:
                discard_draft(platform, principal, state, name, draft.place)

        alert_box(
            Alert(
                title=_title(draft),
                text=_excerpt(draft, principal),
                tone=Tone.WARN,
                actions=(Action(label="Go on", act="open"), Action(label="Discard", act="drop")),
            ),
            key=f"draft_{number}",
            on_act=act,
        )


def open_draft(state: EditorState) -> NotebookDraft | None:
    """The draft of the form that is open, still without what is typed; None where none is open."""
    if state.opened is not None:
        return NotebookDraft(kind=kind_name(state.opened), values={}, opened=state.opened)
    if state.adding is not None:
        after, kind = state.adding
        return NotebookDraft(kind=kind, values={}, after=after)
    return None


def _keep(platform: Platform, principal: Principal, state: EditorState, name: str, text: str) -> None:
    try:
        handed = _Handed.model_validate_json(text)
    except ValidationError as error:
        raise InvalidError("What was typed cannot be read; load the page again.") from error
    current = open_draft(state)
    state.keeping_problem = ""
    for draft in handed.drafts:
        try:
            kept = read_draft(draft)
            keep_draft(platform, principal, name, kept)
        except UserError as problem:
            state.keeping_problem = problem.message
            continue
        state.has_recovered |= current is None or kept.place != current.place
    state.kept = handed.number


def _title(draft: NotebookDraft) -> str:
    if draft.opened is not None:
        return f"You did not save what you typed into the cell {draft.opened.name}"
    return f"You did not save a new cell: {cell_kinds()[draft.kind].label}"


def _excerpt(draft: NotebookDraft, principal: Principal) -> str:
    texts = [text for key, text in draft.values.items() if key != "name"]
    words = " ".join(max(texts, key=len, default="").split())
    short = words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"
    if draft.saved_at is None:
        return short
    at = draft.saved_at.astimezone(ZoneInfo(principal.tenant.zone))
    return f"{at:%-d %b %Y, %H:%M}" + (f": {short}" if short else "")
