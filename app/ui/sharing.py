"""The dialog that says who may see and change a folder or a notebook."""

from collections.abc import Mapping

import streamlit as st

from app.ui.failure import failure_of
from app.ui.notice import error_box
from services.platform import Platform
from services.sharing import describe_sharing, list_addressees, share
from tenants.access import Principal

_OPEN = "Everybody who may see the folder it lies in"
_RESTRICTED = "Only those named here"


@st.dialog("Share")
def share_dialog(
    platform: Platform, principal: Principal, title: str, *, notebook: str | None = None, folder_id: str | None = None
) -> None:
    """Draw the dialog for a notebook or a folder."""
    sharing = describe_sharing(platform, principal, notebook=notebook, folder_id=folder_id)
    known = list(dict.fromkeys([*list_addressees(platform, principal), *sharing.grants]))
    st.text(title)
    with st.form("share", border=False):
        choice = st.radio("Who may see it", [_OPEN, _RESTRICTED], index=int(sharing.is_restricted))
        editors = st.multiselect("May change it", known, default=_with(sharing.grants, "edit"))
        viewers = st.multiselect("May see it", known, default=_with(sharing.grants, "view"))
        st.caption("Changing also needs a role that may write notebooks. Administrators see everything.")
        if not st.form_submit_button("Save", type="primary"):
            return
    grants = dict.fromkeys(viewers, "view") | dict.fromkeys(editors, "edit")
    try:
        is_restricted = choice == _RESTRICTED
        share(platform, principal, notebook=notebook, folder_id=folder_id, is_restricted=is_restricted, grants=grants)
    except Exception as error:
        error_box(failure_of(error, what="Nothing was changed"), key="share")
        return
    st.rerun()


def _with(grants: Mapping[str, str], level: str) -> list[str]:
    return [to for to, word in grants.items() if word == level]
