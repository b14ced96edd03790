"""The way of a page's question into a notebook."""

from collections.abc import Callable

import streamlit as st

from app.ui.failure import failure_of
from app.ui.notice import Alert, alert_box, error_box
from app.ui.tone import Tone
from core.errors import UserError


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
