"""How the sources are doing: state, age, rows, the last runs, the next one; and the tables that are not theirs."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import streamlit as st

from app.ui.age import age_text
from app.ui.parts import (
    Action,
    Alert,
    Badge,
    CardHeader,
    RunMark,
    SourceRow,
    Tone,
    alert_box,
    card,
    card_header,
    source_list,
)
from services.platform import Platform
from services.quality.check import CheckState
from services.quality.results import list_results
from services.sync.runs import RunStatus, SyncRun, list_runs
from services.sync.sources import Source, list_sources
from services.tables import TableFacts
from tenants.access import Principal

_SHOWN_RUNS = 14
_TONES = {RunStatus.FAILED: Tone.BAD, RunStatus.CANCELLED: Tone.WARN, RunStatus.INTERRUPTED: Tone.WARN}
_BADGES = {
    RunStatus.DONE: Badge(text="Up to date", tone=Tone.GOOD, icon="check_circle"),
    RunStatus.FAILED: Badge(text="Failed", tone=Tone.BAD, icon="error"),
    RunStatus.CANCELLED: Badge(text="Cancelled", tone=Tone.WARN, icon="cancel"),
    RunStatus.INTERRUPTED: Badge(text="Interrupted", tone=Tone.WARN, icon="power_off"),
    RunStatus.RUNNING: Badge(text="Syncing", tone=Tone.NEUTRAL, icon="sync"),
}
_NEVER = Badge(text="Not synced yet", tone=Tone.NEUTRAL, icon="schedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """A source with its newest runs, newest first.

    A sync may end while a page is drawn: whether it `is_running` is asked before its runs are read, so that who is told
    that none runs has all of them.
    """

    source: Source
    is_running: bool
    runs: tuple[SyncRun, ...]

    @property
    def newest(self) -> SyncRun | None:
        """The last run."""
        return self.runs[0] if self.runs else None

    @property
    def is_failing(self) -> bool:
        """Whether the last run failed."""
        return self.newest is not None and self.newest.status is RunStatus.FAILED

    @property
    def tables(self) -> list[str]:
        """The tables it fills."""
        return [choice.table for choice in self.source.streams.values()]

    @property
    def current_at(self) -> dt.datetime | None:
        """When its data was last known to be current."""
        return next((run.ended_at for run in self.runs if run.status is RunStatus.DONE), None)


def find_health(platform: Platform, principal: Principal) -> list[SourceHealth]:
    """Every source of the tenant with its last runs."""
    return [
        SourceHealth(
            source=source,
            is_running=platform.syncs.said(source.id) is not None,
            runs=tuple(list_runs(platform, principal, source.name, limit=_SHOWN_RUNS)),
        )
        for source in list_sources(platform, principal)
    ]


def show_health(
    platform: Platform, principal: Principal, health: Sequence[SourceHealth], tables: Sequence[TableFacts]
) -> None:
    """The list of sources, and what failed above it."""
    for one in health:
        if one.is_failing and one.newest is not None:
            title = f"{one.source.name} failed {age_text(one.newest.started_at, platform.clock())} ago"
            alert_box(Alert(title=title, text=one.newest.message, tone=Tone.BAD), key=f"failing_{one.source.name}")
    _show_doubts(platform, principal)
    rows = {table.name: table.rows for table in tables}
    with card(key="health"):
        subtitle = f"Times in {principal.tenant.zone}"
        card_header(CardHeader(title="Health", subtitle=subtitle, is_ruled=True), key="health")
        shown = [_row(platform, principal, one, rows) for one in health]
        source_list(shown, key="health", age_heading="Current as of", on_act=_open)


def _show_doubts(platform: Platform, principal: Principal) -> None:
    failed = [one for one in list_results(platform, principal) if one.state is CheckState.FAILED]
    if failed:
        tables = sorted({one.table for one in failed})
        title = f"Checks of {', '.join(tables)} failed"
        text = " ".join(f"{one.table}: {one.label}. {one.said}" for one in failed[:5])
        alert_box(Alert(title=title, text=text, tone=Tone.WARN), key="checks_failed")


def _open(name: str) -> None:
    st.session_state["source_opened"] = name


def _row(platform: Platform, principal: Principal, one: SourceHealth, rows: dict[str, int]) -> SourceRow:
    source, now = one.source, platform.clock()
    badge = _NEVER if one.newest is None else _BADGES[one.newest.status]
    most = max((run.counts.rows_in for run in one.runs), default=0)
    marks = [
        RunMark(
            height=0.25 + 0.75 * (run.counts.rows_in / most if most else 0), tone=_TONES.get(run.status, Tone.NEUTRAL)
        )
        for run in reversed(one.runs)
    ]
    failed = sum(run.status is RunStatus.FAILED for run in one.runs)
    return SourceRow(
        name=source.name,
        detail=f"{source.label}, {source.detail}",
        status=_BADGES[RunStatus.RUNNING] if one.is_running else badge,
        age=f"{age_text(one.current_at, now)} ago" if one.current_at else "\u2014",
        rows=f"{sum(rows.get(table, 0) for table in one.tables):,}",
        history=tuple(marks),
        history_spoken=f"{len(one.runs)} runs, {failed} failed",
        next_run=_moment(source.next_run_at, principal.tenant.zone) if source.next_run_at else "manual",
        action=Action(label="Open", act=source.name),
    )


def _moment(at: dt.datetime, zone: str) -> str:
    from zoneinfo import ZoneInfo

    return f"{at.astimezone(ZoneInfo(zone)):%a %H:%M}"


def show_tables(platform: Platform, tables: Sequence[TableFacts], synced: Collection[str]) -> None:
    """The tables that files were loaded into."""
    loaded = [table for table in tables if table.name not in synced]
    if not loaded:
        return
    with card(key="tables"):
        card_header(CardHeader(title="Tables from files", subtitle="Loaded by hand", is_ruled=True), key="tables")
        rows = [_table_row(table, platform.clock()) for table in loaded]
        source_list(rows, key="tables", age_heading="Age", history_heading="")


def _table_row(table: TableFacts, now: dt.datetime) -> SourceRow:
    return SourceRow(
        name=table.name,
        detail=f"{table.rows:,} rows, {table.columns} columns"
        + (f", {table.source}" if table.source not in {"", "demo"} else ""),
        status=Badge(text="Loaded", tone=Tone.GOOD, icon="check_circle"),
        age=age_text(table.loaded_at, now) if table.loaded_at else "\u2014",
        rows=f"{table.rows:,}",
        history_spoken="",
        next_run="manual",
    )
