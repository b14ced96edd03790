"""What a member types into the form of a cell is kept until it is saved: closing the browser loses nothing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import InvalidError
from notebooks import Cell, FormValue, NotebookError, cell_from_form, cell_kinds, form_values, kind_name
from services.notebooks import require_notebook
from services.permitted import permitted
from services.platform import Platform
from tenants import notebook_drafts as kept
from tenants.access import Permission, Principal

MAX_TYPED = 200_000
MAX_DRAFTS = 50


class _Typed(BaseModel):
    """A draft as it was kept, or as a browser hands it over."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=80)
    after: str | None = Field(default=None, max_length=80)
    base: dict[str, str | int | list[str] | None] | None = None
    values: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookDraft:
    """What was typed into a form: of the cell `opened` as it was then, or of a new cell of a kind behind `after`.

    `values` are texts by key, as they stand in the form; what is chosen and not typed is left out. `saved_at` is when
    they came to be kept, None before.
    """

    kind: str
    values: Mapping[str, str]
    opened: Cell | None = None
    after: str | None = None
    saved_at: dt.datetime | None = None

    @property
    def place(self) -> str:
        """What tells it from the member's other drafts in the notebook."""
        return self.opened.name if self.opened is not None else f"{self.after or ''}+{self.kind}"


def write_draft(draft: NotebookDraft) -> str:
    """A draft as a browser keeps it until it can hand it over."""
    return _typed(draft).model_dump_json()


def read_draft(text: str) -> NotebookDraft:
    """A draft that a browser hands over. Raises InvalidError."""
    if len(text) > MAX_TYPED:
        raise InvalidError(f"This is {len(text):,} characters long; a draft has at most {MAX_TYPED:,}. Save the cell.")
    try:
        return _draft(_Typed.model_validate_json(text))
    except (ValidationError, NotebookError) as error:
        raise InvalidError("What was typed cannot be kept; save the cell, or copy it elsewhere.") from error


@permitted(Permission.NOTEBOOK_WRITE)
def keep_draft(platform: Platform, principal: Principal, name: str, draft: NotebookDraft) -> None:
    """Keep what a member typed, in the place of what they had typed there before. Raises ForbiddenError."""
    require_notebook(platform, principal, name, is_draft=True)
    if principal.member_id is None:
        raise InvalidError("The operator has no drafts; sign in as a member.")
    typed: dict[str, object] = _typed(draft).model_dump()
    with platform.session() as session:
        places = {one.place for one in kept.list_drafts(session, principal.member_id, name)}
        if len(places | {draft.place}) > MAX_DRAFTS:
            raise InvalidError(f"You have {MAX_DRAFTS} unsaved cells in this notebook; save or discard some of them.")
        kept.keep_draft(session, principal.member_id, name, draft.place, typed)


@permitted(Permission.NOTEBOOK_WRITE)
def list_drafts(platform: Platform, principal: Principal, name: str) -> list[NotebookDraft]:
    """What a member typed in a notebook and has not saved, the newest first; theirs alone. Raises ForbiddenError."""
    require_notebook(platform, principal, name, is_draft=True)
    if principal.member_id is None:
        return []
    with platform.session() as session:
        stored = kept.list_drafts(session, principal.member_id, name)
    found = []
    for one in stored:
        try:
            found.append(_draft(_Typed.model_validate(one.typed), one.saved_at))
        except (NotebookError, InvalidError):
            # A kind of cell that is no longer there must not take the notebook with it.
            continue
    return found


@permitted(Permission.NOTEBOOK_WRITE)
def drop_draft(platform: Platform, principal: Principal, name: str, place: str) -> None:
    """Forget what a member typed in one place: it is saved, or they do not want it. Raises ForbiddenError."""
    require_notebook(platform, principal, name, is_draft=True)
    if principal.member_id is None:
        return
    with platform.session() as session:
        kept.drop_draft(session, principal.member_id, name, place)


@permitted(Permission.NOTEBOOK_WRITE)
def place_draft(platform: Platform, principal: Principal, name: str, draft: NotebookDraft) -> NotebookDraft:
    """The draft in a place that there is: of a cell that has gone it is one of a new cell. Raises ForbiddenError."""
    cells = [cell.name for cell in require_notebook(platform, principal, name, is_draft=True).cells]
    is_there = draft.opened.name in cells if draft.opened is not None else draft.after is None or draft.after in cells
    if is_there:
        return draft
    placed = replace(draft, opened=None, after=cells[-1] if cells else None)
    keep_draft(platform, principal, name, placed)
    drop_draft(platform, principal, name, draft.place)
    return placed


def _typed(draft: NotebookDraft) -> _Typed:
    base = None if draft.opened is None else form_values(draft.opened)
    written = None if base is None else {key: list(one) if isinstance(one, tuple) else one for key, one in base.items()}
    return _Typed(kind=draft.kind, after=draft.after, base=written, values=dict(draft.values))


def _draft(typed: _Typed, saved_at: dt.datetime | None = None) -> NotebookDraft:
    """Raises NotebookError where the cell it was typed into cannot be read, InvalidError for an unknown kind."""
    if typed.kind not in cell_kinds():
        raise InvalidError(f"There is no kind of cell {typed.kind!r} any more.")
    opened = None if typed.base is None else _cell(typed.base)
    return NotebookDraft(
        kind=typed.kind if opened is None else kind_name(opened),
        values=typed.values,
        opened=opened,
        after=typed.after,
        saved_at=saved_at,
    )


def _cell(base: Mapping[str, str | int | list[str] | None]) -> Cell:
    values: dict[str, FormValue] = {key: tuple(one) if isinstance(one, list) else one for key, one in base.items()}
    return cell_from_form(str(values.pop("kind", "")), str(values.pop("name", "")), values)
