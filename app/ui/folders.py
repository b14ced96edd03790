"""Folders on the page Notebooks: the one that is open, those in it, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.ui.action import Action
from app.ui.badge import Badge
from app.ui.failure import failure_of
from app.ui.notebook_rows import NotebookRow
from app.ui.notice import error_box
from app.ui.sharing import share_dialog
from app.ui.tone import Tone
from core.errors import UserError
from services.folders import FolderFacts, change_folder, create_folder, list_folders, remove_folder
from services.notebooks import NotebookFacts
from services.platform import Platform
from tenants.access import Permission, Principal

TOP = "(top)"
_RESTRICTED = Badge(text="Restricted", tone=Tone.OUTLINE, icon="lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFolder:
    """The folders a reader may see, and the one that the URL opens; None is the top."""

    folders: tuple[FolderFacts, ...]
    folder: FolderFacts | None

    @property
    def folder_id(self) -> str | None:
        """The id of the open folder."""
        return None if self.folder is None else self.folder.id

    @property
    def crumbs(self) -> tuple[str, ...]:
        """The way to the open folder."""
        return () if self.folder is None else ("Notebooks", *self.folder.path[:-1])

    def inside(self) -> list[FolderFacts]:
        """The folders in the open one."""
        return [one for one in self.folders if one.parent_id == self.folder_id]

    def holds(self, facts: NotebookFacts) -> bool:
        """Whether a notebook is listed in the open folder; one in a folder that cannot be seen is at the top."""
        known = {one.id for one in self.folders}
        return (facts.folder_id if facts.folder_id in known else None) == self.folder_id

    def path_of(self, facts: NotebookFacts) -> str:
        """Where a notebook lies, in words."""
        return next((" / ".join(one.path) for one in self.folders if one.id == facts.folder_id), "")


def open_folder(platform: Platform, principal: Principal) -> OpenFolder:
    """The folder of the URL (`?folder=ID`); one that is not there is the top."""
    folders = tuple(list_folders(platform, principal))
    asked = st.query_params.get("folder", "")
    return OpenFolder(folders=folders, folder=next((one for one in folders if one.id == asked), None))


def folder_rows(folders: Sequence[FolderFacts]) -> list[NotebookRow]:
    """A row for each folder."""
    return [
        NotebookRow(
            title=f"{one.name}/",
            text="Folder",
            note="",
            badge=_RESTRICTED if one.is_restricted else None,
            action=Action(label="Open", act=f"folder:{one.id}"),
        )
        for one in folders
    ]


def folder_tools(platform: Platform, principal: Principal, opened: OpenFolder) -> None:
    """The buttons of the open folder, for who may write."""
    if opened.folder is not None and st.button("Up", icon=":material/arrow_upward:", key="folder_up"):
        st.query_params.clear()
        if opened.folder.parent_id:
            st.query_params["folder"] = opened.folder.parent_id
        st.rerun()
    if not principal.can(Permission.NOTEBOOK_WRITE):
        return
    folder = opened.folder
    if folder is None or folder.may_edit:
        with st.popover("Folder", icon=":material/folder:"):
            _new(platform, principal, opened)
            if folder is not None:
                _change(platform, principal, opened, folder)
    if folder is not None and folder.may_edit and st.button("Share", icon=":material/share:", key="folder_share"):
        share_dialog(platform, principal, " / ".join(folder.path), folder_id=folder.id)


def choose_folder(opened: OpenFolder, *, label: str, chosen: str | None, key: str) -> str | None:
    """A menu of the folders that can be put into; None is the top."""
    known = {one.id: " / ".join(one.path) for one in opened.folders if one.may_edit or one.id == chosen}
    if chosen is not None:
        known.setdefault(chosen, "(a folder that you cannot see)")
    options = ["", *known]
    index = options.index(chosen) if chosen in known else 0
    found = st.selectbox(label, options, index=index, format_func=lambda one: known.get(one, TOP), key=key)
    return found or None


def _new(platform: Platform, principal: Principal, opened: OpenFolder) -> None:
    with st.form("new_folder", border=False, clear_on_submit=True):
        name = st.text_input("New folder here", placeholder="Finance", key="folder_name")
        is_restricted = st.checkbox("For me alone, until I share it", key="folder_restricted")
        if not st.form_submit_button("Make folder"):
            return
    try:
        create_folder(platform, principal, name, parent_id=opened.folder_id, is_restricted=is_restricted)
    except UserError as error:
        error_box(failure_of(error, what="No folder was made"), key="folder_made")
        return
    st.rerun()


def _change(platform: Platform, principal: Principal, opened: OpenFolder, folder: FolderFacts) -> None:
    with st.form("change_folder", border=False):
        name = st.text_input("Name of this folder", value=folder.name)
        parent = choose_folder(opened, label="It lies in", chosen=folder.parent_id, key="folder_parent")
        is_saved = st.form_submit_button("Save folder")
    is_removed = st.button("Remove this folder", key="folder_remove")
    try:
        if is_saved:
            change_folder(platform, principal, folder.id, name=name, parent_id=parent)
        elif is_removed:
            remove_folder(platform, principal, folder.id)
            st.query_params.pop("folder", None)
    except UserError as error:
        error_box(failure_of(error, what="Nothing was changed"), key="folder_changed")
        return
    if is_saved or is_removed:
        st.rerun()
