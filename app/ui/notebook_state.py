"""What a member is doing in a notebook, kept in the session: the open form, what can be undone, and a conflict."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from core.errors import UserError
from notebooks import AddCell, Cell, DeleteCell, Edit, EditConflict, Notebook, ReplaceCell
from services.notebook_drafts import NotebookDraft, drop_draft
from services.notebook_editing import edit_notebook
from services.platform import Platform
from tenants.access import Principal


@dataclass(slots=True, kw_only=True)
class EditorState:
    """`opened` is the cell in the form as it was when the form was opened; `adding` the place and kind of a new one.

    The edits of `undo` and `redo` are applied from their end. `form` counts the forms, so that each begins afresh;
    `typed` are the texts it begins with where it goes on with a draft. `kept` is the number under which the browser
    handed over the drafts that are kept, `dropped` counts those that were dropped, with the last one's place.
    `commenting` is the cell whose comments were asked for, with the mark of its chart; `dialog` the dialog that was.
    `menu` counts the menus of the bar: one that is closed by a choice in it is followed by another.
    """

    opened: Cell | None = None
    adding: tuple[str | None, str] | None = None
    undo: list[Edit] = field(default_factory=list)
    redo: list[Edit] = field(default_factory=list)
    conflict: EditConflict | None = None
    problem: str = ""
    said: str = ""
    form: int = 0
    typed: Mapping[str, str] = field(default_factory=dict)
    kept: int = 0
    dropped: tuple[int, str] | None = None
    has_recovered: bool = False
    keeping_problem: str = ""
    commenting: tuple[str, str] = ("", "")
    dialog: str = ""
    menu: int = 0

    def ask(self, dialog: str) -> None:
        """Open a dialog from the menu of the bar, which would lie over it."""
        self.dialog = dialog
        self.menu += 1

    def open(self, cell: Cell) -> None:
        """Open the form of a cell."""
        self.close()
        self.opened = cell

    def add(self, after: str | None, kind: str) -> None:
        """Open the form of a new cell behind another."""
        self.close()
        self.adding = (after, kind)

    def resume(self, draft: NotebookDraft) -> None:
        """Open the form that a draft was typed into, with what was typed."""
        self.close()
        if draft.opened is not None:
            self.opened = draft.opened
        else:
            self.adding = (draft.after, draft.kind)
        self.typed = draft.values

    def restart(self, typed: Mapping[str, str]) -> None:
        """Begin the open form anew, with other texts in it."""
        self.typed = typed
        self.form += 1
        self.problem = ""

    def close(self) -> None:
        """Close the form, with what was typed into it."""
        self.opened = self.adding = None
        self.typed = {}
        self.form += 1
        self.problem = self.said = ""


def editor_state(name: str) -> EditorState:
    """The state of a notebook in this session."""
    state: EditorState = st.session_state.setdefault(f"editor_{name}", EditorState())
    return state


def save_edit(
    platform: Platform, principal: Principal, state: EditorState, name: str, edit: Edit, *, said: str = ""
) -> Notebook | None:
    """Save an edit and remember how to take it back; a conflict or a problem is kept to be shown, None is returned.

    It looks at nothing of the session, so that a callback is not broken off halfway: Streamlit ends it at the next look
    once a newer click waits.
    """
    undo = _save(platform, principal, state, name, edit)
    if undo is None:
        return None
    state.close()
    state.said = said
    state.undo.append(undo[1])
    state.redo.clear()
    return undo[0]


def discard_draft(platform: Platform, principal: Principal, state: EditorState, name: str, place: str) -> None:
    """Forget what was typed in a place, here and in the browser."""
    drop_draft(platform, principal, name, place)
    state.dropped = (1 if state.dropped is None else state.dropped[0] + 1, place)


def undo_edit(
    platform: Platform, principal: Principal, state: EditorState, name: str, *, is_redo: bool = False
) -> None:
    """Take the last edit back, or do again what was taken back."""
    taken, given = (state.redo, state.undo) if is_redo else (state.undo, state.redo)
    if not taken:
        return
    undo = _save(platform, principal, state, name, taken.pop())
    if undo is not None:
        state.close()
        given.append(undo[1])


def settle_conflict(platform: Platform, principal: Principal, state: EditorState, name: str, choice: str) -> None:
    """End a conflict: `mine` replaces theirs, `theirs` stays alone, `both` stand one behind the other."""
    conflict, state.conflict = state.conflict, None
    state.close()
    if conflict is None:
        return
    if choice == "theirs":
        discard_draft(platform, principal, state, name, conflict.before.name)
        return
    mine, theirs = conflict.mine, conflict.theirs
    if mine is None:
        edit: Edit | None = None if theirs is None else DeleteCell(cell=theirs)
    elif theirs is None or choice == "both":
        edit = AddCell(cell=mine, after=conflict.before.name)
    else:
        edit = ReplaceCell(before=theirs, cell=mine)
    if edit is not None and save_edit(platform, principal, state, name, edit) is not None:
        discard_draft(platform, principal, state, name, conflict.before.name)


def _save(
    platform: Platform, principal: Principal, state: EditorState, name: str, edit: Edit
) -> tuple[Notebook, Edit] | None:
    try:
        edited = edit_notebook(platform, principal, name, edit)
    except EditConflict as conflict:
        state.conflict = conflict
        return None
    except UserError as error:
        state.problem = error.message
        return None
    return edited.notebook, edited.undo
