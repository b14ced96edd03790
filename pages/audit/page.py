"""Audit: who did what and who looked at what, with search, proof and export."""

import datetime as dt
import json
from functools import partial

import streamlit as st

from app.ui.parts import (
    Alert,
    CardHeader,
    EmptyState,
    PageHead,
    Span,
    Tone,
    alert_box,
    card,
    card_header,
    empty_state,
    page_head,
)
from services.audit import PAGE_ROWS, AuditEvent, AuditFilter, export_events, search_events, verify_log
from services.compliance import export_compliance
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction

_DAYS = 90


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    head = st.empty()
    chosen = _chosen()
    page = st.session_state.get("audit_page", 0)
    found = search_events(platform, principal, chosen, page=page)
    with head.container():
        cause = "Each line is chained to the one before and cannot be changed unnoticed."
        page_head(PageHead(answer=(Span(f"{found.total:,} events"), " are on record."), cause=cause), key="audit")
    with card(key="audit_events"):
        card_header(CardHeader(title="Events", subtitle="Newest first, in UTC", is_ruled=True), key="audit_events")
        if found.events:
            st.dataframe([_row(event) for event in found.events], hide_index=True, key="audit_table")
            _turn_pages(page, found.total)
        else:
            empty_state(EmptyState(title="No event fits", text="Change the search."), key="audit_none")
    _actions(platform, principal, chosen)
    _report(platform, principal)


def _chosen() -> AuditFilter:
    """What is searched for; a change of it begins at the first page."""
    words, kinds, since = st.columns([2, 2, 1])

    def restart() -> None:
        st.session_state["audit_page"] = 0

    text = words.text_input("Search who, what, on what, from where", key="audit_text", on_change=restart)
    actions = kinds.multiselect("Kinds", [action.value for action in AuditAction], key="audit_kinds", on_change=restart)
    day = since.date_input("Since", value=None, key="audit_since", on_change=restart)
    start = dt.datetime.combine(day, dt.time(), dt.UTC) if isinstance(day, dt.date) else None
    return AuditFilter(text=text.strip(), actions=tuple(actions), start=start)


def _row(event: AuditEvent) -> dict[str, object]:
    return {
        "Line": event.sequence,
        "When": f"{event.at:%Y-%m-%d %H:%M:%S}",
        "Who": event.actor,
        "What": event.action,
        "On what": event.subject,
        "From": event.address,
        "Request": event.request_id,
        "Detail": json.dumps(event.data, ensure_ascii=False, sort_keys=True),
    }


def _turn_pages(page: int, total: int) -> None:
    last = max(0, (total - 1) // PAGE_ROWS)
    newer, place, older = st.columns([1, 2, 1])

    def turn(to: int) -> None:
        st.session_state["audit_page"] = to

    newer.button("Newer", disabled=page == 0, on_click=turn, args=(page - 1,), key="audit_newer")
    place.caption(f"Page {page + 1} of {last + 1}")
    older.button("Older", disabled=page >= last, on_click=turn, args=(page + 1,), key="audit_older")


def _actions(platform: Platform, principal: Principal, chosen: AuditFilter) -> None:
    with card(key="audit_proof"):
        card_header(CardHeader(title="Proof and export", subtitle="An export holds what the search finds"), key="proof")
        prove, lines, table = st.columns(3)
        if prove.button("Prove the log", key="audit_prove"):
            proof = verify_log(platform, principal)
            if proof.problems:
                text = " ".join(proof.problems[:5])
                alert_box(Alert(title="The log is not whole", text=text, tone=Tone.BAD), key="audit_broken")
            else:
                text = f"{proof.lines:,} lines, {proof.first} to {proof.last}, fit their hashes and the signed head."
                alert_box(Alert(title="The log is whole", text=text, tone=Tone.GOOD), key="audit_whole")
        for column, name, media in ((lines, "json", "application/x-ndjson"), (table, "csv", "text/csv")):
            column.download_button(
                f"Export as {name.upper()}",
                data=partial(export_events, platform, principal, chosen, name),
                file_name=f"audit.{name}",
                mime=media,
                key=f"audit_export_{name}",
            )


def _report(platform: Platform, principal: Principal) -> None:
    """Offer the compliance report to those who may read all that it tells of."""
    if not all(principal.can(one) for one in (Permission.MEMBER_READ, Permission.ROLE_READ, Permission.POLICY_READ)):
        return
    with card(key="audit_report"):
        subtitle = "Who has access to what, and who looked at what in a period"
        card_header(CardHeader(title="Compliance report", subtitle=subtitle), key="audit_report")
        start, end, make = st.columns([1, 1, 2], vertical_alignment="bottom")
        today = platform.clock().date()
        first = start.date_input("From", value=today - dt.timedelta(days=_DAYS), key="audit_report_from")
        last = end.date_input("To", value=today, key="audit_report_to")
        make.download_button(
            "Make the report as PDF",
            data=partial(export_compliance, platform, principal, first=first, last=last),
            file_name=f"compliance-{first}-{last}.pdf",
            mime="application/pdf",
            key="audit_report_make",
        )
