"""The way of a page's question into a notebook."""

from collections.abc import Callable

import streamlit as st

from app.ui.failure import failure_of
from app.ui.notice import Alert, alert_box, error_box
from app.ui.tone import Tone
from core.errors import UserError
from notebooks import Cell
from services.cell_saving import append_cell
from services.platform import Platform
from tenants.access import Permission, Principal


def offer_cell(platform: Platform, principal: Principal, cell: Callable[[], Cell], *, key: str) -> None:
    """Let a member who may write notebooks put a cell at the end of one; `cell` may raise UserError."""

    def save(title: str) -> str:
        _, name = append_cell(platform, principal, title, cell())
        return f"Cell {name} of {title}. Readers see it once it is published there."

    if principal.can(Permission.NOTEBOOK_WRITE):
        offer_saving(save, key=key)


def offer_saving(save: Callable[[str], str], *, key: str) -> None:
    """A popover that asks for a notebook; `save` gets its title and says where the question went."""
    with st.popover("Save to notebook", icon=":material/bookmark_add:", key=f"{key}_save"):
        title = st.text_input("Notebook", value="My questions", key=f"{key}_save_title", max_chars=80)
        if not st.button("Save", type="primary", key=f"{key}_save_do"):
            return
        try:
            text = save(title)
        except UserError as error:
            error_box(failure_of(error, what="Not saved"), key=f"{key}_save")
            return
        alert_box(Alert(title="Saved as a draft", text=text, tone=Tone.GOOD), key=f"{key}_saved")
