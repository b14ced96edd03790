"""Events in: where a tenant's own software sends them, and the keys it sends them with."""

from functools import partial

import streamlit as st

from app.ui.changing import try_change
from app.ui.failure import failure_of
from app.ui.parts import CardHeader, DataTable, TableColumn, card, card_header, data_table, error_box, text_rows
from services.events.keys import create_write_key, list_write_keys, revoke_write_key
from services.events.receive import TABLE as EVENTS
from services.pack.pack import apply_pack
from services.platform import Platform
from services.tables import list_tables
from tenants.access import Permission, Principal


def show_events_in(platform: Platform, principal: Principal) -> None:
    """The address, the keys, and a form for another one."""
    keys = list_write_keys(platform, principal)
    with card(key="events_in"):
        card_header(CardHeader(title="Events in", subtitle="What your own software sends"), key="events_in")
        st.code(f"{platform.settings.address}/api/events/v1", language=None)
        made = st.session_state.pop("write_key_made", None)
        if made:
            st.success("The key is shown this once. Keep it where the software finds it.", icon=":material/key:")
            st.code(made, language=None)
        if keys:
            columns = tuple(TableColumn(label=label) for label in ("Key", "Made", "By"))
            rows = [[one.name, f"{one.created_at:%d %b %Y}", one.created_by] for one in keys]
            data_table(DataTable(caption="Write keys", columns=columns, rows=text_rows(rows)), key="write_keys")
        with st.form("write_key", border=False):
            left, right = st.columns([2, 1], vertical_alignment="bottom")
            name = left.text_input("Name of a new key", placeholder="website", key="write_key_name")
            if right.form_submit_button("Make a key"):
                _make(platform, principal, name)
        if keys:
            _revoke(platform, principal, [one.name for one in keys])
            if principal.can(Permission.DEFINITION_APPLY):
                _offer_pack(platform, principal)


def _offer_pack(platform: Platform, principal: Principal) -> None:
    if EVENTS not in {table.name for table in list_tables(platform, principal)}:
        return
    if st.button("Add metrics of events", key="events_map", help="A model with metrics over the table of events."):
        said = "The metrics are in force; their mapping is on the page Metrics"
        try_change(partial(apply_pack, platform, principal, EVENTS), said)


def _make(platform: Platform, principal: Principal, name: str) -> None:
    try:
        st.session_state["write_key_made"] = create_write_key(platform, principal, name)
    except Exception as error:
        error_box(failure_of(error, what="No key was made"), key="write_key")
        return
    st.rerun()


def _revoke(platform: Platform, principal: Principal, names: list[str]) -> None:
    with st.popover("Revoke a key"):
        name = st.selectbox("Key", names, key="write_key_revoked")
        if st.button("Revoke", key="write_key_revoke") and name:
            try_change(partial(revoke_write_key, platform, principal, name), f"{name} opens nothing any more")
