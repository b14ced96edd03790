"""The script that Streamlit runs for every page: who is looking, which pages they may use, the one they asked for."""

import streamlit as st

from app.ui import NavPage, NavSection, Shell, shell
from app.ui.context import current_principal
from pages import home, notebooks, sources
from tenants.access import Permission, Principal


def _sections(principal: Principal) -> tuple[NavSection, ...]:
    sections = [NavSection(title="Overview", pages=(NavPage(title="Home", icon="home", run=home.draw),))]
    if principal.can(Permission.NOTEBOOK_READ):
        page = NavPage(title="Notebooks", icon="article", run=notebooks.draw, url_path="notebooks")
        sections.append(NavSection(title="Build", pages=(page,)))
    if principal.can(Permission.DATA_READ):
        page = NavPage(title="Sources", icon="database", run=sources.draw, url_path="sources")
        sections.append(NavSection(title="Data", pages=(page,)))
    return tuple(sections)


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
    view = Shell(
        tenant_name=principal.tenant.name,
        tenant_colour=principal.tenant.accent,
        member_name=principal.name,
        sections=_sections(principal),
    )
    shell(view).run()


main()
