"""Files in: dropped on the page, read, loaded, and told about."""

from collections.abc import Mapping
from typing import BinaryIO, cast

import streamlit as st

from app.ui.failure import failure_of
from app.ui.parts import (
    Alert,
    CardHeader,
    Tone,
    alert_box,
    card,
    card_header,
    error_box,
)
from services.imports import import_uploads
from services.platform import Platform
from tenants.access import Permission, Principal

_TYPES = ["csv", "tsv", "txt", "parquet", "xlsx", "jsonl", "ndjson", "gz"]


def files_in(platform: Platform, principal: Principal) -> None:
    """Where files are dropped."""
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


def import_report(principal: Principal) -> None:
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
