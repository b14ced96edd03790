"""The list of notebooks: search, favourites, making one, and the trash."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app.ui.action import Action
from app.ui.badge import Badge
from app.ui.card import card
from app.ui.failure import failure_of
from app.ui.folders import OpenFolder, folder_rows, folder_tools, open_folder
from app.ui.notebook_rows import NotebookRow, notebook_rows
from app.ui.notice import EmptyState, empty_state, error_box
from app.ui.page_head import PageHead, page_bar, page_head
from app.ui.tone import Tone
from core.errors import UserError
from services.notebook_editing import add_from_text, create_notebook, mark_favourite, trash_notebook
from services.notebook_templates import create_from_template, list_templates
from services.notebooks import NotebookFacts, list_notebooks
from services.platform import Platform
from tenants.access import Permission, Principal


def draw_list(platform: Platform, principal: Principal) -> None:
    """Draw the open folder (`?folder=ID`), what a search finds in all of them, or the trash (`?trash=1`)."""
    is_trash = "trash" in st.query_params
    search = st.query_params.get("q", "")
    opened = open_folder(platform, principal)
    found = list_notebooks(platform, principal, search=search, is_trash=is_trash)
    is_folder = not is_trash and not search
    if is_folder:
        found = [facts for facts in found if opened.holds(facts)]
    answer = _answer(len(found), search, opened, is_trash=is_trash)
    page_head(PageHead(answer=answer, crumbs=opened.crumbs if is_folder else ()), key="notebooks")
    _bar(platform, principal, opened, is_trash=is_trash)
    folders = opened.inside() if is_folder else []
    with card(key="notebooks"):
        if not found and not folders:
            text = (
                "Make one from nothing, or paste one."
                if principal.can(Permission.NOTEBOOK_WRITE)
                else "None is published."
            )
            empty_state(EmptyState(title="No notebook here", text="" if search or is_trash else text), key="notebooks")
            return
        notebook_rows(
            folder_rows(folders) + [_row(facts, opened, is_trash=is_trash) for facts in found],
            key="notebooks",
            on_act=lambda act: _act(platform, principal, act),
        )


def _answer(count: int, search: str, opened: OpenFolder, *, is_trash: bool) -> str:
    what = f"{count} notebook{'s' * (count != 1)}" if count else "No notebooks"
    if is_trash:
        return f"{what} in the trash."
    if search:
        return f"{what} with “{search}”."
    return f"{what} to read and share." if opened.folder is None else f"{what} in {opened.folder.name}."


def _row(facts: NotebookFacts, opened: OpenFolder, *, is_trash: bool) -> NotebookRow:
    if facts.problem:
        badge: Badge | None = Badge(text="Cannot be read", tone=Tone.BAD, icon="error")
    elif facts.published is None:
        badge = Badge(text="Draft", tone=Tone.OUTLINE, icon="edit_note")
    else:
        badge = Badge(text="Unpublished changes", tone=Tone.WARN, icon="edit_note") if facts.is_draft else None
        if badge is None and facts.is_restricted:
            badge = Badge(text="Restricted", tone=Tone.OUTLINE, icon="lock")
    where = "" if opened.holds(facts) else opened.path_of(facts)
    verb = "restore" if is_trash else "open"
    return NotebookRow(
        title=facts.title,
        text=facts.problem or facts.description or f"{facts.cells} cell{'s' * (facts.cells != 1)}",
        note=f"{f'{where}. ' * bool(where)}Version {facts.version}, {facts.created_at:%-d %b %Y} by {facts.created_by}",
        badge=badge,
        star="" if is_trash else f"{'unstar' if facts.is_favourite else 'star'}:{facts.name}",
        is_starred=facts.is_favourite,
        action=Action(label=verb.capitalize(), act=f"{verb}:{facts.name}"),
    )


def _act(platform: Platform, principal: Principal, act: str) -> None:
    verb, _, name = act.partition(":")
    try:
        match verb:
            case "folder":
                st.query_params.clear()
                st.query_params["folder"] = name
            case "open":
                st.query_params.clear()
                st.query_params["id"] = name
            case "restore":
                trash_notebook(platform, principal, name, is_trashed=False)
            case "star" | "unstar":
                mark_favourite(platform, principal, name, is_favourite=verb == "star")
    except UserError as error:
        st.session_state["notebooks_problem"] = error.message


def _bar(platform: Platform, principal: Principal, opened: OpenFolder, *, is_trash: bool) -> None:
    def search() -> None:
        words = st.session_state["notebooks_search"].strip()
        if words:
            st.query_params["q"] = words
        else:
            st.query_params.pop("q", None)

    with page_bar(key="notebooks"):
        st.text_input(
            "Search", st.query_params.get("q", ""), key="notebooks_search", on_change=search, placeholder="Search",
            label_visibility="collapsed", icon=":material/search:", width=280,
        )  # fmt: skip
        with st.container(horizontal=True, width="content", gap=8):
            if not is_trash:
                folder_tools(platform, principal, opened)
            if not principal.can(Permission.NOTEBOOK_WRITE):
                return
            if st.button("Notebooks" if is_trash else "Trash", key="notebooks_trash"):
                st.query_params.clear()
                if not is_trash:
                    st.query_params["trash"] = "1"
                st.rerun()
            with st.popover("Paste", icon=":material/content_paste:"):
                _paste(platform, principal, opened.folder_id)
            with st.popover("Templates", icon=":material/dashboard:"):
                _templates(platform, principal, opened.folder_id)
            with st.popover("New notebook", type="primary", icon=":material/add:"):
                _new(platform, principal, opened.folder_id)


def _new(platform: Platform, principal: Principal, folder_id: str | None) -> None:
    with st.form("new_notebook", border=False):
        title = st.text_input("Title", key="new_title")
        if st.form_submit_button("Make it", type="primary"):
            _open_made(lambda: create_notebook(platform, principal, title, folder_id=folder_id).name)


def _templates(platform: Platform, principal: Principal, folder_id: str | None) -> None:
    for facts in list_templates(platform, principal):
        label = f"**{facts.title}**  \n{facts.description}"
        if st.button(label, key=f"template_{facts.name}", width="stretch", type="tertiary"):
            _open_made(partial(_made_of, platform, principal, facts.name, folder_id))


def _made_of(platform: Platform, principal: Principal, name: str, folder_id: str | None) -> str:
    made = create_from_template(platform, principal, name, folder_id=folder_id).name
    st.session_state["notebook_face"] = "dashboard"
    return made


def _paste(platform: Platform, principal: Principal, folder_id: str | None) -> None:
    with st.form("paste_notebook", border=False):
        text = st.text_area("A notebook as YAML", key="paste_text", height=200)
        if st.form_submit_button("Check and add as a draft", type="primary"):
            _open_made(lambda: add_from_text(platform, principal, text, folder_id=folder_id).name)


def _open_made(make: Callable[[], str]) -> None:
    try:
        name = make()
    except UserError as error:
        error_box(failure_of(error, what="This is not a notebook yet"), key="notebooks_made")
        return
    st.query_params.clear()
    st.query_params["id"] = name
    if face := st.session_state.pop("notebook_face", ""):
        st.query_params["view"] = face
    st.rerun()
