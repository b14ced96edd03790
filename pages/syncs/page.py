"""Syncs: every run of every source, newest first, with what it did, how long it took and what it said."""

import streamlit as st

from app.ui.age import age_text
from app.ui.parts import (
    CardHeader,
    DataTable,
    EmptyState,
    PageHead,
    Span,
    TableColumn,
    card,
    card_header,
    data_table,
    empty_state,
    page_head,
    text_rows,
)
from pages.sources.opened import run_log, run_title
from services.platform import Platform
from services.sync.runs import RunStatus, SyncRun, list_runs, list_set_aside
from services.sync.sources import list_sources
from tenants.access import Permission, Principal

_SHOWN = 100
_LABELS = ("Source", "Started (UTC)", "Status", "Duration", "In", "Added", "Updated", "Deleted", "Set aside", "By")
_NUMBERS = frozenset({"Duration", "In", "Added", "Updated", "Deleted", "Set aside"})


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    runs = list_runs(platform, principal, limit=_SHOWN)
    _head(platform, runs)
    if not runs:
        empty_state(
            EmptyState(title="Nothing was synced yet", text="Connect a source on the page Sources."), key="none"
        )
        return
    names = ["All sources", *[source.name for source in list_sources(platform, principal)]]
    chosen = st.selectbox("Source", names, key="syncs_source")
    shown = [run for run in runs if chosen in {"All sources", run.source}]
    with card(key="syncs"):
        subtitle = f"The newest {len(shown):,}"
        card_header(CardHeader(title="Runs", subtitle=subtitle, is_ruled=True), key="syncs")
        columns = tuple(TableColumn(label=label, is_number=label in _NUMBERS) for label in _LABELS)
        rows = text_rows([_row(run) for run in shown])
        acts = tuple(run.id for run in shown)
        data_table(DataTable(caption="Runs", columns=columns, rows=rows, row_acts=acts), key="syncs", on_act=_open)
    _opened(platform, principal, shown)


def _head(platform: Platform, runs: list[SyncRun]) -> None:
    failed = [run for run in runs if run.status is RunStatus.FAILED]
    rows = sum(run.counts.rows_in for run in runs)
    cause = f"{len(failed)} failed." if failed else "None failed."
    if runs:
        cause += f" The newest began {age_text(runs[0].started_at, platform.clock())} ago."
    answer = (Span(f"{len(runs):,} runs"), f" brought {rows:,} rows.") if runs else "No run yet."
    page_head(PageHead(answer=answer, cause=cause if runs else ""), key="syncs")


def _row(run: SyncRun) -> list[str]:
    seconds = "" if run.ended_at is None else f"{(run.ended_at - run.started_at).total_seconds():.1f} s"
    counts = [f"{value:,}" for value in run.counts.as_values().values()]
    return [run.source, f"{run.started_at:%d %b %H:%M:%S}", run.status.value, seconds, *counts, run.started_by]


def _open(run: str) -> None:
    st.session_state["syncs_opened"] = run


def _opened(platform: Platform, principal: Principal, runs: list[SyncRun]) -> None:
    run = next((one for one in runs if one.id == st.session_state.get("syncs_opened")), runs[0] if runs else None)
    if run is None:
        return
    with card(key="syncs_log"):
        card_header(CardHeader(title=f"Log of {run.source}", subtitle=run_title(run)), key="syncs_log")
        st.code(run_log(run), language=None)
        if run.counts.quarantined and principal.can(Permission.SOURCE_SYNC):
            _set_aside(platform, principal, run)


def _set_aside(platform: Platform, principal: Principal, run: SyncRun) -> None:
    columns = tuple(TableColumn(label=label) for label in ("Stream", "Why", "Row"))
    cells = text_rows([[row.stream, row.reason, row.row[:400]] for row in list_set_aside(platform, principal, run)])
    data_table(DataTable(caption="Rows set aside", columns=columns, rows=cells), key="syncs_aside")
