"""The history of a notebook: each version with what it changed, a comparison of any two, and restoring."""

import streamlit as st

from app.ui.action import Action
from app.ui.badge import Badge
from app.ui.card import CardHeader, card, card_header
from app.ui.notebook_rows import NotebookRow, notebook_rows
from app.ui.notice import EmptyState, empty_state
from app.ui.tone import Tone
from services.notebook_editing import restore_version
from services.notebook_history import VersionFacts, diff_versions, list_history
from services.platform import Platform
from tenants.access import Principal


def draw_history(platform: Platform, principal: Principal, name: str) -> None:
    """Draw the history; `?compare=3` shows what version 3 changed."""
    text = st.query_params.get("before", "")
    history = list_history(platform, principal, name, before=int(text) if text.isdecimal() and len(text) < 9 else None)
    compared = st.query_params.get("compare", "")
    if compared.isdecimal() and len(compared) < 9 and int(compared) > 1:
        _comparison(platform, principal, name, int(compared))

    def act(given: str) -> None:
        verb, _, version = given.partition(":")
        if verb == "restore":
            restore_version(platform, principal, name, int(version))
            st.query_params.pop("compare", None)
            st.query_params.pop("view", None)
        else:
            st.query_params[verb] = version

    with card(key="notebook_history"):
        card_header(CardHeader(title="Versions", subtitle="Newest first", is_ruled=True), key="notebook_history")
        notebook_rows([_row(one, index) for index, one in enumerate(history)], key="history", on_act=act)
    if history and history[-1].version > 1 and st.button("Older versions", key="history_older"):
        st.query_params["before"] = str(history[-1].version)
        st.rerun()


def _row(facts: VersionFacts, index: int) -> NotebookRow:
    is_newest = index == 0 and "before" not in st.query_params
    return NotebookRow(
        title=f"Version {facts.version}",
        text=facts.summary,
        note=f"{facts.saved_at:%-d %b %Y, %H:%M} UTC by {facts.saved_by}",
        badge=Badge(text="Published", tone=Tone.GOOD, icon="check_circle") if facts.is_published else None,
        more=(Action(label="Compare", act=f"compare:{facts.version}"),) if facts.version > 1 else (),
        action=None if is_newest else Action(label="Restore", act=f"restore:{facts.version}"),
    )


def _comparison(platform: Platform, principal: Principal, name: str, version: int) -> None:
    with card(key="notebook_comparison"):
        title = f"What version {version} changed"
        card_header(CardHeader(title=title), key="notebook_comparison")
        diff = diff_versions(platform, principal, name, version - 1, version)
        if diff:
            st.code(diff, language="diff")
        else:
            empty_state(EmptyState(title="Nothing changed"), key="notebook_comparison")
