"""Offers first metrics for imported tables that have none, and puts them in force at a click."""

from pathlib import PurePath

import streamlit as st

from app.ui.failure import failure_of
from app.ui.parts import Action, Alert, Tone, alert_box, card, error_box
from services.platform import Platform
from services.proposal import propose_definitions
from tenants.access import Permission, Principal

_ACT = "propose"


def offer_proposal(platform: Platform, principal: Principal, *, key: str) -> bool:
    """Draw the offer; returns whether there was something to offer."""
    if not principal.can(Permission.DEFINITION_APPLY):
        return False
    drafts = propose_definitions(platform, principal)
    if not drafts:
        return False
    names = ", ".join(PurePath(file).stem for file in drafts)
    offer = Alert(
        title="First metrics can be proposed",
        text=f"Counts, totals and rates for {names}, from what is in their columns. Correct them later as you like.",
        tone=Tone.INFO,
        icon_name="auto_awesome",
        actions=(Action(label="Use these metrics", act=_ACT),),
    )

    def put_in_force(_act: str) -> None:
        st.session_state[f"{key}_proposal_wanted"] = True

    alert_box(offer, key=f"{key}_proposal", on_act=put_in_force)
    with card(key=f"{key}_proposal_drafts"), st.expander(f"Read the {len(drafts)} drafts"):
        for text in drafts.values():
            st.code(text, language="yaml")
    if st.session_state.pop(f"{key}_proposal_wanted", False):
        _apply(platform, principal, drafts, key=key)
    return True


def _apply(platform: Platform, principal: Principal, drafts: dict[str, str], *, key: str) -> None:
    from services.definitions import apply_definitions

    try:
        apply_definitions(platform, principal, drafts)
    except Exception as error:
        error_box(failure_of(error, what="Nothing was changed"), key=f"{key}_proposal_failed")
        return
    st.rerun()
