"""The dialog that makes public links to a dashboard, and takes them back."""

import zoneinfo

import streamlit as st

from app.ui.card import CardHeader, card_header
from app.ui.failure import failure_of
from app.ui.notice import Alert, alert_box, error_box
from app.ui.tone import Tone
from services.guests.links import MOST_DAYS, PublicLink, create_public_link, list_public_links, remove_public_link
from services.platform import Platform
from tenants.access import Principal
from tenants.access.passwords import MIN_LENGTH

_DAYS = 30


@st.dialog("Public links")
def public_link_dialog(platform: Platform, principal: Principal, title: str, notebook: str) -> None:
    """Draw the dialog for a notebook."""
    st.text(title)
    st.caption("Whoever has a link sees the published dashboard, without an account, as the role of your guests does.")
    with st.form("public_link", border=False, clear_on_submit=True):
        days = st.number_input("Days until it ends", 1, MOST_DAYS, value=_DAYS)
        password = st.text_input(
            "Password (optional)",
            type="password",
            placeholder=f"{MIN_LENGTH} characters or more",
            help="Without one, whoever has the link is let in.",
        )
        is_made = st.form_submit_button("Make a link", type="primary")
    if is_made:
        try:
            address = create_public_link(platform, principal, notebook, days=int(days), password=password)
        except Exception as error:
            error_box(failure_of(error, what="No link was made"), key="public_link")
        else:
            alert_box(Alert(title="Copy the link now; it is not shown again", tone=Tone.GOOD), key="public_link_made")
            st.code(address, language=None, wrap_lines=True)
    for link in list_public_links(platform, principal, notebook):
        _draw_link(platform, principal, link)


def _draw_link(platform: Platform, principal: Principal, link: PublicLink) -> None:
    zone = zoneinfo.ZoneInfo(principal.tenant.zone)
    is_over = link.expires_at <= platform.clock()
    end = f"{'Ended' if is_over else 'Until'} {link.expires_at.astimezone(zone):%-d %b %Y %H:%M}"
    with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"public_link_row_{link.id}"):
        made = f"{'With a password' if link.has_password else 'No password'}, made by {link.created_by}"
        card_header(CardHeader(title=end, subtitle=made), key=f"public_link_{link.id}")
        if st.button("Take back", key=f"public_link_{link.id}"):
            remove_public_link(platform, principal, link.id)
            st.rerun(scope="fragment")
