"""The card that says what people without an account may see: public links, and embedding in other sites."""

from functools import partial

import streamlit as st

from app.ui.changing import try_change
from app.ui.failure import failure_of
from app.ui.parts import Alert, CardHeader, Tone, alert_box, card_header, error_box
from services.guests.rules import GuestRules, change_rules, find_rules, guest_roles, make_embed_key
from services.platform import Platform
from tenants.access import Principal


def draw_guests(platform: Platform, principal: Principal) -> None:
    """Draw the inside of the card."""
    rules = find_rules(platform, principal)
    ways = (
        ("public links", rules.has_links),
        ("embedding", rules.has_embedding),
        ("reports outside", rules.has_deliveries),
    )
    allowed = [what for what, is_on in ways if is_on]
    subtitle = f"On: {', '.join(allowed)}" if allowed else "Off: nobody without an account sees anything"
    card_header(CardHeader(title="Guests", subtitle=subtitle), key="guests")
    roles = guest_roles(platform, principal)
    with st.form("guests", border=False):
        left, right = st.columns(2)
        role = left.selectbox(
            "Guests see what this role sees",
            roles,
            index=roles.index(rules.role) if rules.role in roles else None,
            placeholder="Choose a role",
            help="Its row policies hold for guests too. A guest sees one dashboard, whatever else the role may do.",
        )
        origins = right.text_area(
            "Sites that may embed, one a line", "\n".join(rules.origins), placeholder="https://portal.example.com"
        )
        has_links = left.checkbox("Public links", value=rules.has_links)
        has_embedding = left.checkbox("Embedding in other sites", value=rules.has_embedding)
        has_deliveries = left.checkbox("Reports to addresses outside", value=rules.has_deliveries)
        is_saved = st.form_submit_button("Save guests")
    wanted = GuestRules(
        role=role or "",
        has_links=has_links,
        has_embedding=has_embedding,
        has_deliveries=has_deliveries,
        origins=tuple(origins.split()),
    )
    if is_saved:
        try_change(partial(change_rules, platform, principal, wanted), "What guests may see is in force")
    if rules.has_embedding and st.button("Make a new embedding key", key="guests_key"):
        _make_key(platform, principal)


def _make_key(platform: Platform, principal: Principal) -> None:
    try:
        key = make_embed_key(platform, principal)
    except Exception as error:
        error_box(failure_of(error, what="Nothing was changed"), key="guests_key_failed")
        return
    text = "Keep it on the server of the site; it is not shown again. What was signed with the one before is refused."
    alert_box(Alert(title="This is the new embedding key", text=text, tone=Tone.GOOD), key="guests_made")
    st.code(key, language=None)
