"""Sources: how each is doing, what it brought, another one to connect, and files in."""

import streamlit as st

from app.proposal import offer_proposal
from app.ui.age import age_text
from app.ui.changing import draw_said
from app.ui.parts import EmptyState, MetaItem, PageHead, Span, empty_state, page_bar, page_head
from pages.sources.accounts import show_accounts
from pages.sources.events_in import show_events_in
from pages.sources.files_in import files_in, import_report
from pages.sources.health import SourceHealth, find_health, show_health, show_tables
from pages.sources.opened import show_opened
from pages.sources.wizard import show_catalogue
from services.platform import Platform
from services.tables import TableFacts, list_tables
from tenants.access import Permission, Principal


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    tables, health = list_tables(platform, principal), find_health(platform, principal)
    _head(platform, tables, health)
    import_report(principal)
    if st.session_state.get("sources_report") is not None:
        offer_proposal(platform, principal, key="sources")
    if health:
        show_health(platform, principal, health, tables)
        show_opened(platform, principal, health)
    if principal.can(Permission.SOURCE_CONFIGURE):
        show_catalogue(platform, principal)
        show_events_in(platform, principal)
        if len(health) > 1:
            show_accounts(platform, principal)
    if tables:
        show_tables(platform, tables, {name for one in health for name in one.tables})
    elif not principal.can(Permission.DATA_IMPORT):
        empty_state(EmptyState(title="Nothing is loaded yet", text="An analyst or administrator can."), key="none")
    if principal.can(Permission.DATA_IMPORT):
        files_in(platform, principal)


def _head(platform: Platform, tables: list[TableFacts], health: list[SourceHealth]) -> None:
    rows = sum(table.rows for table in tables)
    loaded = [table.loaded_at for table in tables if table.loaded_at is not None]
    failing = [one.source.name for one in health if one.is_failing]
    if failing:
        answer = f"{len(failing)} of {len(health)} sources {'needs' if len(failing) == 1 else 'need'} you."
        page_head(PageHead(answer=answer, cause=f"{', '.join(failing)}: the last sync failed."), key="sources")
    elif not tables:
        page_head(PageHead(answer="Bring in your data.", cause="Connect a source, or drop a file."), key="sources")
    else:
        cause = f"The newest was loaded {age_text(max(loaded), platform.clock())} ago." if loaded else ""
        page_head(PageHead(answer=(Span(f"{len(tables)} tables"), f" hold {rows:,} rows."), cause=cause), key="sources")
    page_bar([MetaItem(text="Encrypted store of your own organisation", icon="lock")], key="sources")
    draw_said()
