"""Sources: what is loaded, how old it is, and files in."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import BinaryIO, cast

import streamlit as st

from app.proposal import offer_proposal
from app.ui import (
    Alert,
    Badge,
    CardHeader,
    EmptyState,
    MetaItem,
    PageHead,
    SourceRow,
    Span,
    Tone,
    alert_box,
    card,
    card_header,
    empty_state,
    error_box,
    page_bar,
    page_head,
    source_list,
)
from app.ui.age import age_text
from app.ui.context import current_platform, current_principal
from app.ui.failure import failure_of
from app.ui.navigation import PageEntry, Section
from services.imports import import_uploads
from services.platform import Platform
from services.tables import TableFacts, list_tables
from tenants.access import Permission, Principal

_TYPES = ["csv", "tsv", "txt", "parquet", "xlsx", "jsonl", "ndjson", "gz"]


def draw() -> None:
    """Draw the page."""
    principal = current_principal()
    if principal is None:
        return
    platform = current_platform()
    tables = list_tables(platform, principal)
    _head(platform, tables)
    _report(principal)
    if st.session_state.get("sources_report") is not None:
        offer_proposal(platform, principal, key="sources")
    if tables:
        with card(key="tables"):
            card_header(
                CardHeader(title="Tables", subtitle="What metrics and notebooks are computed from", is_ruled=True),
                key="tables",
            )
            source_list(_rows(tables, platform.clock()), key="tables", age_heading="Age", history_heading="")
    elif not principal.can(Permission.DATA_IMPORT):
        empty_state(EmptyState(title="Nothing is loaded yet", text="An analyst or administrator can."), key="none")
    if principal.can(Permission.DATA_IMPORT):
        _files_in(platform, principal)


def _head(platform: Platform, tables: Sequence[TableFacts]) -> None:
    rows = sum(table.rows for table in tables)
    loaded = [table.loaded_at for table in tables if table.loaded_at is not None]
    if not tables:
        page_head(PageHead(answer="Bring in your data.", cause="Drop a file to see its first numbers."), key="sources")
        return
    cause = f"The newest was loaded {age_text(max(loaded), platform.clock())} ago." if loaded else ""
    page_head(PageHead(answer=(Span(f"{len(tables)} tables"), f" hold {rows:,} rows."), cause=cause), key="sources")
    page_bar([MetaItem(text="Encrypted store of your own organisation", icon="lock")], key="sources")


def _rows(tables: Sequence[TableFacts], now: dt.datetime) -> list[SourceRow]:
    return [
        SourceRow(
            name=table.name,
            detail=f"{table.rows:,} rows, {table.columns} columns"
            + (f", {table.source}" if table.source not in {"", "demo"} else ""),
            status=Badge(text="Loaded", tone=Tone.GOOD, icon="check_circle"),
            age=age_text(table.loaded_at, now) if table.loaded_at else "\u2014",
            rows=f"{table.rows:,}",
            history_spoken="",
            next_run="manual",
        )
        for table in tables
    ]


def _files_in(platform: Platform, principal: Principal) -> None:
    with card(key="files"):
        card_header(
            CardHeader(
                title="Files in",
                subtitle="CSV, TSV, Parquet, Excel or JSON lines. Replaces tables of the same name, all or nothing.",
            ),
            key="files",
        )
        generation = st.session_state.setdefault("sources_generation", 0)
        files = st.file_uploader(
            "Files to import",
            type=_TYPES,
            accept_multiple_files=True,
            label_visibility="collapsed",
            key=f"files_{generation}",
        )
        label = "Import" if len(files) < 2 else f"Import {len(files)} files"
        if st.button(label, type="primary", disabled=not files, key="import_files"):
            _import(platform, principal, [(file.name, cast(BinaryIO, file)) for file in files])


def _import(platform: Platform, principal: Principal, uploads: list[tuple[str, BinaryIO]]) -> None:
    status = st.status("Reading the files")
    try:
        report = import_uploads(platform, principal, uploads, progress=lambda text: status.update(label=text))
    except Exception as error:
        status.update(label="Nothing was loaded", state="error", expanded=False)
        error_box(failure_of(error, what="Nothing was loaded"), key="import")
        return
    st.session_state["sources_report"] = report
    st.session_state["sources_generation"] += 1
    st.rerun()


def _report(principal: Principal) -> None:
    """What the last import of this session found; shown until the page is opened again."""
    report: Mapping[str, object] | None = st.session_state.get("sources_report")
    if report is None or not principal.can(Permission.DATA_IMPORT):
        return
    tables = cast(list[dict[str, object]], report["tables"])
    alert_box(Alert(title="Loaded", text="; ".join(_loaded(table) for table in tables), tone=Tone.GOOD), key="loaded")
    broken = cast(dict[str, str], report["broken"])
    if broken:
        text = "; ".join(f"{name}: {reason}" for name, reason in broken.items())
        alert_box(Alert(title="These metrics cannot be computed any more", text=text, tone=Tone.BAD), key="broken")
    joins = cast(list[dict[str, object]], report["joins"])
    unmatched = [str(join["sentence"]) for join in joins if join["unmatched_rows"]]
    matched = [str(join["sentence"]) for join in joins if not join["unmatched_rows"]]
    if matched:
        alert_box(Alert(title="Joins found", text=" ".join(matched), icon_name="link"), key="joins")
    found = [*unmatched, *cast(list[str], report["warnings"])]
    if found:
        more = f" And {len(found) - 4} more: the command `plumbline import` lists all." if len(found) > 4 else ""
        alert_box(Alert(title="Please look at this", text=" ".join(found[:4]) + more, tone=Tone.WARN), key="warnings")


def _loaded(table: Mapping[str, object]) -> str:
    """A loaded table in words: rows, columns, key, and how its values were read."""
    columns = cast(list[dict[str, object]], table["columns"])
    key = ", ".join(cast(list[str], table["key"]))
    notes = [f"{column['name']}: {note}" for column in columns for note in cast(list[str], column["notes"])]
    facts = [f"{cast(int, table['rows']):,} rows", f"{len(columns)} columns", f"key {key}" if key else "no key found"]
    return f"{table['name']} ({', '.join(facts)})" + (f" {' '.join(notes)}" if notes else "")


KIND = "sources"
PAGE = PageEntry(
    section=Section.DATA,
    position=1,
    title="Sources",
    icon="database",
    draw=draw,
    url_path="sources",
    permission=Permission.DATA_READ,
)
