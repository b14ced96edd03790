"""The open form of a notebook: of a cell that is there, or of a new one; and what to do about a conflict."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app.ui.action import Action
from app.ui.cell_form import FormChoices, draw_field
from app.ui.data_table import DataTable, TableColumn, data_table
from app.ui.drafts import open_draft
from app.ui.notebook_state import EditorState, discard_draft, editor_state, save_edit, settle_conflict
from app.ui.notice import Alert, TileError, alert_box, error_box
from app.ui.sql_tools import sql_tools
from app.ui.tone import Tone
from core.errors import InvalidError
from notebooks import (
    AddCell,
    Cell,
    Edit,
    EditConflict,
    FormValue,
    Notebook,
    NotebookError,
    ReplaceCell,
    Widget,
    cell_from_form,
    cell_kinds,
    changed_keys,
    form_values,
    format_sql,
    kind_name,
    typed_values,
)
from services.notebook_asking import cell_choices
from services.platform import Platform
from services.sql_words import list_sql_words
from tenants.access import Permission, Principal

_LONG = frozenset({Widget.PROSE, Widget.SQL})


def draw_opened_cell(platform: Platform, principal: Principal, notebook: Notebook) -> None:
    """The form of the cell that is open."""
    opened = editor_state(notebook.name).opened
    if opened is not None:
        _draw_form(platform, principal, notebook, kind_name(opened), opened)


def draw_new_cell(platform: Platform, principal: Principal, notebook: Notebook) -> None:
    """The form of the cell that is being added."""
    adding = editor_state(notebook.name).adding
    if adding is not None:
        _draw_form(platform, principal, notebook, adding[1], None)


def _draw_form(platform: Platform, principal: Principal, notebook: Notebook, kind: str, opened: Cell | None) -> None:
    state = editor_state(notebook.name)
    definition = cell_kinds()[kind]
    metrics, dimensions = cell_choices(platform, principal)
    others = [cell.name for cell in notebook.cells if opened is None or cell.name != opened.name]
    choices = FormChoices(metrics=metrics, dimensions=dimensions, cells=others)
    values = ({} if opened is None else form_values(opened)) | typed_values(definition.form, state.typed)
    key = f"cellform_{state.form}"
    with st.form(key, border=True):
        st.markdown(f"**{definition.label} cell**")
        filled: dict[str, FormValue] = {}
        has_sql = any(field.widget is Widget.SQL for field in definition.form)
        short = [field for field in definition.form if field.widget not in _LONG]
        for field in definition.form:
            if field.widget in _LONG:
                filled[field.key] = draw_field(field, values.get(field.key), choices, key=f"{key}_{field.key}")
            if field.widget is Widget.SQL and principal.can(Permission.SQL_QUERY):
                words = list_sql_words(platform, principal)
                sql_tools(words, field=f"{key}_{field.key}", cells=others, key=f"sqltools_{state.form}")
        columns = st.columns(2)
        for index, field in enumerate(short):
            with columns[index % 2]:
                filled[field.key] = draw_field(field, values.get(field.key), choices, key=f"{key}_{field.key}")
        wanted = st.text_input(
            "Name (optional)" if opened is None else "Name",
            state.typed.get("name", "" if opened is None else opened.name),
            key=f"{key}_name",
            help="How other cells refer to it: lower-case letters, digits and underscores.",
        )
        if state.problem:
            error_box(TileError(what="This cell is not saved yet", why=state.problem), key=f"form_{notebook.name}")
        with st.container(horizontal=True):
            is_saved = st.form_submit_button("Save cell", type="primary", key=f"{key}_save")
            is_set_out = has_sql and st.form_submit_button("Format", key=f"{key}_format")
            is_cancelled = st.form_submit_button("Cancel", key=f"{key}_cancel")
    if is_cancelled:
        draft = open_draft(state)
        if draft is not None:
            discard_draft(platform, principal, state, notebook.name, draft.place)
        state.close()
        st.rerun()
    if is_set_out:
        _set_out(state, filled, wanted)
    if is_saved:
        _save(platform, principal, notebook, kind, wanted.strip() or kind, filled)


def _set_out(state: EditorState, filled: Mapping[str, FormValue], wanted: str) -> None:
    """Begin the form anew with the SELECT set out in lines, and all else as it stands."""
    try:
        sql = format_sql(str(filled["sql"] or ""))
    except InvalidError as error:
        state.problem = error.message
        st.rerun()
    texts = {name: str(value) for name, value in filled.items() if isinstance(value, str | int)}
    state.restart({**texts, "sql": sql, "name": wanted})
    st.rerun()


def _save(
    platform: Platform,
    principal: Principal,
    notebook: Notebook,
    kind: str,
    name: str,
    filled: dict[str, FormValue],
) -> None:
    state = editor_state(notebook.name)
    try:
        cell = cell_from_form(kind, name, filled)
    except NotebookError as error:
        state.problem = _sentences([problem.message for problem in error.problems])
        st.rerun()
    edit: Edit
    if state.opened is not None:
        edit = ReplaceCell(before=state.opened, cell=cell)
    else:
        edit = AddCell(cell=cell, after=state.adding[0] if state.adding else None)
    draft = open_draft(state)
    if save_edit(platform, principal, state, notebook.name, edit) is not None and draft is not None:
        discard_draft(platform, principal, state, notebook.name, draft.place)
    st.rerun()


def _sentences(messages: Sequence[str]) -> str:
    return " ".join(f"{message[:1].upper()}{message[1:].rstrip('.')}." for message in messages)


def draw_conflict(platform: Platform, principal: Principal, notebook: Notebook, state: EditorState) -> None:
    """What somebody else did to the cell, beside what the reader did; one click keeps either, or both."""
    conflict = state.conflict
    if conflict is None:
        return
    actions = [Action(label="Keep mine", act="mine"), Action(label="Keep theirs", act="theirs")]
    if conflict.theirs is not None and conflict.mine is not None:
        actions.append(Action(label="Keep both", act="both"))
    alert_box(
        Alert(
            title=f"Two changes of the cell {conflict.before.name}",
            text=conflict.message,
            tone=Tone.WARN,
            actions=tuple(actions),
        ),
        key="notebook_conflict",
        on_act=lambda act: settle_conflict(platform, principal, state, notebook.name, act),
    )
    if conflict.mine is not None:
        data_table(_both(conflict), key="notebook_conflict")


def _both(conflict: EditConflict) -> DataTable:
    columns = tuple(TableColumn(label=label) for label in ("Key", "Theirs", "Mine"))
    pairs = changed_keys(conflict.theirs, conflict.mine)
    rows = tuple((key, theirs or "\u2014", mine or "\u2014") for key, (theirs, mine) in pairs.items())
    return DataTable(caption=f"Both changes of {conflict.before.name}", columns=columns, rows=rows)
