"""Connecting another source: the kinds there are, a form drawn from the kind's configuration, and its streams."""

import streamlit as st

from app.ui.changing import say_next
from app.ui.failure import failure_of
from app.ui.parts import CardHeader, card, card_header, error_box
from connectors.contract import SourceKind
from connectors.registry import source_kinds
from core.errors import InvalidError
from pages.sources.fields import draw_fields
from services.platform import Platform
from services.sync.choice import StreamWish
from services.sync.launch import start_sync
from services.sync.sources import Checked, save_source, try_source
from tenants.access import Principal


def show_catalogue(platform: Platform, principal: Principal) -> None:
    """The kinds, and the form of the one that is chosen."""
    kinds = source_kinds()
    with card(key="connect"):
        card_header(
            CardHeader(title="Connect another source", subtitle="It is reached before it is saved"), key="connect"
        )
        chosen = st.pills(
            "Kind", list(kinds), format_func=lambda name: kinds[name].LABEL, label_visibility="collapsed",
            key="wizard_kind", on_change=_forget,
        )  # fmt: skip
        if chosen:
            _wizard(platform, principal, chosen, kinds[chosen])


def _forget() -> None:
    st.session_state.pop("wizard_found", None)


def _wizard(platform: Platform, principal: Principal, name: str, kind: SourceKind) -> None:
    with st.form(f"wizard_{name}", border=False):
        values = draw_fields(kind.Config, key="wizard")
        if st.form_submit_button("Check the connection"):
            try:
                found = try_source(platform, principal, name, values)
            except Exception as error:
                _forget()
                error_box(failure_of(error, what="The source cannot be used"), key="wizard")
            else:
                st.session_state["wizard_found"] = (name, values, found)
    kept = st.session_state.get("wizard_found")
    if kept is not None and kept[0] == name:
        _choose(platform, principal, name, kept[1], kept[2])


def _choose(platform: Platform, principal: Principal, kind: str, values: dict[str, object], found: Checked) -> None:
    told = f" as {found.identity}" if found.identity else ""
    st.success(f"It answers{told}, with {len(found.streams)} streams.", icon=":material/check_circle:")
    with st.form("wizard_save", border=False):
        names = [stream.name for stream in found.streams]
        picked = st.multiselect("Streams to sync", names, default=names, key="wizard_streams")
        left, right = st.columns(2)
        name = left.text_input("Name", placeholder="crm", key="wizard_name")
        prefix = right.text_input("Tables begin with", placeholder="nothing", key="wizard_prefix")
        if st.form_submit_button("Save and sync", type="primary"):
            try:
                _save(platform, principal, name, kind, values, picked, prefix)
            except Exception as error:
                error_box(failure_of(error, what="Nothing was saved"), key="wizard_save")
                return
            _forget()
            st.session_state["source_opened"] = name
            say_next(f"{name} is connected")
            st.rerun()


def _save(
    platform: Platform,
    principal: Principal,
    name: str,
    kind: str,
    values: dict[str, object],
    picked: list[str],
    prefix: str,
) -> None:
    if not picked:
        raise InvalidError("No stream is picked. Pick at least one.")
    wishes = {stream: StreamWish() for stream in picked}
    save_source(platform, principal, name=name, kind=kind, values=values, wishes=wishes, prefix=prefix)
    start_sync(platform, principal, name)
