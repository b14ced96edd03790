"""The script that Streamlit runs for every page: who is looking, which pages they may use, the one they asked for."""

import streamlit as st

import pages
from app.ui.context import current_platform, current_principal
from app.ui.navigation import PageEntry, Section, sections_for
from app.ui.parts import Shell, shell
from core.registry import find_kinds
from services.tenant_settings import find_logo


def _entries() -> list[PageEntry]:
    return [module.PAGE for module in find_kinds(pages).values()]


def main() -> None:
    """Draw the page that was asked for, for the member whose session the browser shows."""
    principal = current_principal()
    if principal is None:
        # The gate let the page open; the session ended since. Reloading meets the gate again.
        st.html("<p>Your session has ended. <a href='/signin' target='_self'>Sign in again</a></p>")
        st.stop()
    if st.session_state.setdefault("member", principal.member_id) != principal.member_id:
        st.session_state.clear()
        st.rerun()
    platform = current_platform()
    if principal.guest is not None:
        from app.ui.guest import draw_guest

        draw_guest(platform, principal, principal.guest)
        return
    entries = _entries()
    if principal.viewer is not None:
        # The account is the member's own, whoever looks as they do.
        entries = [entry for entry in entries if entry.section is not Section.YOU]
    view = Shell(
        tenant_name=principal.tenant.name,
        tenant_colour=principal.tenant.accent,
        tenant_logo=find_logo(platform, principal.tenant),
        member_name=principal.name,
        sections=sections_for(platform, principal, entries),
    )
    page = shell(view)
    if principal.viewer is not None:
        from app.ui.viewing import draw_viewing

        draw_viewing(principal, principal.viewer)
    page.run()


main()
