"""Accounts that several sources know: those that may be one are reviewed, and what was decided can be taken back."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.ui.changing import try_change
from app.ui.failure import failure_of
from app.ui.parts import CardHeader, DataTable, TableColumn, card, card_header, data_table, error_box, text_rows
from services.accounts.candidates import Candidate, review_accounts
from services.accounts.links import Decision, Link, Pair, decide_pairs, list_links, undo_decision
from services.platform import Platform
from tenants.access import Principal

_SHOWN = 20


def show_accounts(platform: Platform, principal: Principal) -> None:
    """A button that compares the accounts, as that reads all of them; then what it found, and what was decided."""
    with card(key="accounts"):
        header = CardHeader(title="One account in several sources", subtitle="Found by domain and name, merged by you")
        card_header(header, key="accounts")
        if not st.session_state.get("accounts_open"):
            if st.button("Compare accounts", key="accounts_compare"):
                st.session_state["accounts_open"] = True
                st.rerun()
            return
        try:
            candidates, links = review_accounts(platform, principal), list_links(platform, principal)
        except Exception as error:
            error_box(failure_of(error, what="The accounts cannot be compared"), key="accounts")
            return
        _review(platform, principal, candidates)
        if links:
            _decided(platform, principal, links)


def _review(platform: Platform, principal: Principal, candidates: Sequence[Candidate]) -> None:
    if not candidates:
        st.caption("No two accounts are left that may be one.")
        return
    st.caption(f"{len(candidates):,} pairs may be one account.")
    columns = tuple(TableColumn(label=label) for label in ("Account", "In", "May be", "In", "Why"))
    rows = [[one.name, one.pair.source, one.kept_name, one.pair.kept_source, one.reason] for one in candidates[:_SHOWN]]
    data_table(DataTable(caption="Accounts to review", columns=columns, rows=text_rows(rows)), key="accounts_review")
    certain = [one.pair for one in candidates if one.is_certain]
    if certain and st.button(f"Merge the {len(certain):,} that are certain", key="accounts_certain"):
        try_change(partial(decide_pairs, platform, principal, certain, Decision.SAME), "The accounts are merged")
    labels = {one.pair: _label(one) for one in candidates}
    chosen = st.selectbox("Pair", list(labels), format_func=lambda pair: labels.get(pair, ""), key="accounts_pair")
    left, right = st.columns(2)
    if left.button("They are one account", type="primary", key="accounts_merge"):
        try_change(partial(decide_pairs, platform, principal, [chosen], Decision.SAME), "The accounts are merged")
    if right.button("They are two", key="accounts_part"):
        try_change(partial(decide_pairs, platform, principal, [chosen], Decision.DIFFERENT), "They are kept apart")


def _label(candidate: Candidate) -> str:
    """Both accounts with their numbers, as two of one name may be in a source."""
    pair = candidate.pair
    account = f"{candidate.name} ({pair.source}/{pair.account_id})"
    return f"{account} and {candidate.kept_name} ({pair.kept_source}/{pair.kept_id})"


def _decided(platform: Platform, principal: Principal, links: Sequence[Link]) -> None:
    with st.expander(f"What was decided ({len(links):,})"):
        columns = tuple(TableColumn(label=label) for label in ("Account", "Stays", "They are", "By", "At (UTC)"))
        rows = [
            [f"{one.pair.source}/{one.pair.account_id}", f"{one.pair.kept_source}/{one.pair.kept_id}",
             "one" if one.decision is Decision.SAME else "two", one.decided_by, f"{one.decided_at:%d %b %Y %H:%M}"]
            for one in links[:_SHOWN]
        ]  # fmt: skip
        data_table(DataTable(caption="Decisions", columns=columns, rows=text_rows(rows)), key="accounts_decided")
        pairs = [one.pair for one in links]
        chosen: Pair | None = st.selectbox("Decision", pairs, format_func=str, key="accounts_undone")
        if st.button("Undo", key="accounts_undo") and chosen is not None:
            try_change(partial(undo_decision, platform, principal, chosen), "It is as it was before")
