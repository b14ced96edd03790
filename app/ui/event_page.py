"""The frame of a page that answers one question about events: the answer as its head, then what the question is."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from app.ui.event_controls import draw_nothing, draw_unanswered
from app.ui.parts import page_bar
from app.ui.saving import offer_cell
from app.ui.stylesheet import behaviour_style
from core.errors import UserError
from notebooks import Cell
from services.behaviour import has_events
from services.platform import Platform
from tenants.access import Principal

Answer = TypeVar("Answer")


def draw_answered(
    platform: Platform,
    principal: Principal,
    answer: Callable[[], Answer],
    *,
    key: str,
    unanswered: str,
    head: Callable[[Answer], None],
    controls: Callable[[Answer], None],
    cell: Callable[[Answer], Cell],
) -> Answer | None:
    """Draw the head, the controls and the way into a notebook, and hand out the answer for what stands below them.

    None where the tenant has no events, or where `answer` raises UserError; then the page says so under `unanswered`.
    """
    behaviour_style()
    if not has_events(platform, principal):
        draw_nothing(key)
        return None
    above = st.empty()
    try:
        found = answer()
    except UserError as error:
        draw_unanswered(error, unanswered, key=key)
        return None
    with above.container():
        head(found)
    with page_bar(key=key):
        controls(found)
        offer_cell(platform, principal, lambda: cell(found), key=key)
    return found
