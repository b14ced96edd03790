"""The dialogs that say who may see, comment and change a folder, a notebook, a model or a source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app.ui.failure import failure_of
from app.ui.notice import error_box
from services.data_sharing import describe_model_sharing, describe_source_sharing, share_model, share_source
from services.folders import FolderFacts, list_folders
from services.platform import Platform
from services.sharing import Sharing, describe_sharing, list_addressees, share
from tenants.access import Permission, Principal

_RESTRICTED = "Only those named here"
_EVERYTHING = "Administrators see everything."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What is said of one kind of thing: whom it is open to without a restriction, and what grants need and give."""

    opens: str
    hint: str
    has_comments: bool = False
    has_place: bool = False


_NOTEBOOKS = _Words(
    opens="Everybody who may see the folder it lies in",
    hint=f"Changing also needs a role that may write notebooks. {_EVERYTHING}",
    has_comments=True,
)
_MODELS = _Words(
    opens="Everybody who may see metrics and the folder it lies in",
    has_place=True,
    hint="Its metrics, and a table that nothing else reads, are not there for the others. "
    f"Changing also needs a role that may apply definitions. {_EVERYTHING}",
)
_SOURCES = _Words(
    opens="Everybody who may see data and the folder it lies in",
    has_place=True,
    hint="Its tables, and the metrics counted from them, are not there for the others. "
    f"Changing and syncing also need a role that may. {_EVERYTHING}",
)


@st.dialog("Share")
def share_dialog(
    platform: Platform, principal: Principal, title: str, *, notebook: str | None = None, folder_id: str | None = None
) -> None:
    """Draw the dialog for a notebook or a folder."""
    sharing = describe_sharing(platform, principal, notebook=notebook, folder_id=folder_id)
    save = partial(share, platform, principal, notebook=notebook, folder_id=folder_id)
    _draw(platform, principal, title, sharing, _NOTEBOOKS, save)


@st.dialog("Share")
def share_model_dialog(platform: Platform, principal: Principal, model: str) -> None:
    """Draw the dialog for a model and its metrics."""
    sharing = describe_model_sharing(platform, principal, model)
    _draw(platform, principal, model, sharing, _MODELS, partial(share_model, platform, principal, model))


@st.dialog("Share")
def share_source_dialog(platform: Platform, principal: Principal, source: str) -> None:
    """Draw the dialog for a source and its tables."""
    sharing = describe_source_sharing(platform, principal, source)
    _draw(platform, principal, source, sharing, _SOURCES, partial(share_source, platform, principal, source))


def _draw(
    platform: Platform,
    principal: Principal,
    title: str,
    sharing: Sharing,
    words: _Words,
    save: Callable[..., None],
) -> None:
    named = list_addressees(platform, principal) if principal.can(Permission.NOTEBOOK_WRITE) else []
    known = list(dict.fromkeys([*named, *sharing.grants]))
    st.text(title)
    with st.form("share", border=False):
        place = _choose_place(platform, principal, sharing) if words.has_place else {}
        choice = st.radio("Who may see it", [words.opens, _RESTRICTED], index=int(sharing.is_restricted))
        editors = st.multiselect("May change it", known, default=_with(sharing.grants, "edit"))
        speakers = (
            st.multiselect("May comment on it", known, default=_with(sharing.grants, "comment"))
            if words.has_comments
            else []
        )
        viewers = st.multiselect("May see it", known, default=_with(sharing.grants, "view"))
        st.caption(words.hint)
        if not st.form_submit_button("Save", type="primary"):
            return
    grants = dict.fromkeys(viewers, "view") | dict.fromkeys(speakers, "comment") | dict.fromkeys(editors, "edit")
    try:
        save(is_restricted=choice == _RESTRICTED, grants=grants, **place)
    except Exception as error:
        error_box(failure_of(error, what="Nothing was changed"), key="share")
        return
    st.rerun()


def _choose_place(platform: Platform, principal: Principal, sharing: Sharing) -> dict[str, str | None]:
    """Ask in which folder a model or a source lies; where that is one the principal may not see, it can stay there."""
    found = list_folders(platform, principal) if principal.can(Permission.NOTEBOOK_READ) else []
    folders = {one.id: one for one in found if one.may_edit or one.id == sharing.folder_id}
    choices = list(dict.fromkeys([None, sharing.folder_id, *folders]))

    def label(folder_id: str | None) -> str:
        return "No folder" if folder_id is None else _path(folders.get(folder_id))

    index = choices.index(sharing.folder_id)
    return {"folder_id": st.selectbox("Lies in", choices, index=index, format_func=label)}


def _path(folder: FolderFacts | None) -> str:
    return "A folder that you may not see" if folder is None else " / ".join(folder.path)


def _with(grants: Mapping[str, str], level: str) -> list[str]:
    return [to for to, word in grants.items() if word == level]
