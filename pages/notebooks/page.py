"""Notebooks: the list, and one notebook as it is edited, read, and compared with its versions."""

import streamlit as st

from app.ui.failure import failure_of
from app.ui.notebook_list import draw_list
from app.ui.notebook_page import draw_notebook
from app.ui.parts import error_box
from app.ui.stylesheet import notebook_style
from core.errors import UserError
from services.platform import Platform
from tenants.access import Principal


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the list, or the notebook that the URL names (`?id=weekly-sales-review`)."""
    notebook_style()
    name = st.query_params.get("id")
    try:
        if name is None:
            draw_list(platform, principal)
        else:
            draw_notebook(platform, principal, name)
    except UserError as error:
        error_box(failure_of(error), key="notebook")
