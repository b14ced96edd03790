"""One source, opened: sync it, stop it, schedule it, forget it; its streams and what its runs said."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.ui.changing import try_change
from app.ui.parts import CardHeader, DataTable, TableColumn, card, card_header, data_table, text_rows
from app.ui.sharing import share_source_dialog
from connectors.registry import require_kind
from pages.sources.fields import draw_fields
from pages.sources.health import SourceHealth
from services.pack.pack import apply_pack, mapped_kinds
from services.platform import Platform
from services.sync.job import cancel_sync
from services.sync.launch import schedule_source, start_sync
from services.sync.runs import SyncRun
from services.sync.sources import Source, change_source, remove_source
from tenants.access import Permission, Principal

_SCHEDULES = {"": "By hand", "*/15 * * * *": "Every 15 minutes", "0 * * * *": "Every hour", "0 6 * * *": "Daily at 6"}


def show_opened(platform: Platform, principal: Principal, health: Sequence[SourceHealth]) -> None:
    """The source that was opened, if any."""
    name = st.session_state.get("source_opened")
    found = next((one for one in health if one.source.name == name), None)
    if found is None:
        return
    with card(key="opened"):
        source = found.source
        card_header(CardHeader(title=source.name, subtitle=f"{source.label}, {source.detail}"), key="opened")
        if principal.can(Permission.SOURCE_SYNC):
            _run(platform, principal, found)
        _streams(found)
        for number, run in enumerate(found.runs[:5]):
            with st.expander(run_title(run), expanded=number == 0 and found.is_failing):
                st.code(
                    "\n".join([*run.log, *([run.message] if run.message else [])]) or "Nothing was said.", language=None
                )
        if principal.can(Permission.SOURCE_CONFIGURE):
            _configure(platform, principal, found)


def run_title(run: SyncRun) -> str:
    """A run in a line."""
    counts = run.counts
    told = f", {counts.quarantined:,} set aside" if counts.quarantined else ""
    return (
        f"{run.started_at:%d %b %H:%M} UTC: {run.status.value}. {counts.rows_in:,} in, {counts.added:,} added, "
        f"{counts.updated:,} updated, {counts.deleted:,} deleted{told}"
    )


def run_log(run: SyncRun) -> str:
    """What a run said, the reason of its end last."""
    is_told = any(run.message in line for line in run.log)
    return "\n".join([*run.log, *([] if is_told else [run.message])]) or "Nothing was said."


def _run(platform: Platform, principal: Principal, found: SourceHealth) -> None:
    source = found.source

    @st.fragment(run_every=1.0 if found.is_running else None)
    def progress() -> None:
        said = platform.syncs.said(source.id)
        if said is None:
            if found.is_running:
                st.rerun()
            if st.button("Sync now", type="primary", key="sync_now"):
                try_change(partial(start_sync, platform, principal, source.name), "The sync has begun")
            return
        st.info(said, icon=":material/sync:")
        if st.button("Cancel", key="sync_cancel"):
            cancel_sync(platform, principal, source.name)

    progress()


def _streams(found: SourceHealth) -> None:
    rows = [
        [name, choice.table, choice.mode.value, ", ".join(choice.key) or "\u2014", choice.cursor_field or "\u2014"]
        for name, choice in found.source.streams.items()
    ]
    columns = tuple(TableColumn(label=label) for label in ("Stream", "Table", "Mode", "Key", "Changes told by"))
    data_table(DataTable(caption="Streams of the source", columns=columns, rows=text_rows(rows)), key="streams")


def _configure(platform: Platform, principal: Principal, found: SourceHealth) -> None:
    source = found.source
    known = {**_SCHEDULES, source.schedule: _SCHEDULES.get(source.schedule, source.schedule)}
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    cron = left.selectbox(
        "Sync", list(known), index=list(known).index(source.schedule), format_func=lambda text: known.get(text, text),
        accept_new_options=True, key=f"schedule_{source.id}", help="A choice, or a cron time such as 0 8 * * mon.",
    )  # fmt: skip
    if cron is not None and cron != source.schedule:
        try_change(partial(schedule_source, platform, principal, source.name, cron), "The schedule is changed")
    with right.popover("Forget this source", use_container_width=True):
        drops = st.checkbox("Drop its tables and their history too", key=f"source_drops_{source.id}")
        if st.button("Forget", key="source_remove"):
            told = "its tables are dropped" if drops else "its tables stay"
            remove = partial(remove_source, platform, principal, source.name, drops_tables=drops)
            try_change(remove, f"The source is forgotten; {told}")
    if st.button("Share", icon=":material/share:", key="source_share"):
        share_source_dialog(platform, principal, source.name)
    _offer_pack(platform, principal, source)
    with st.expander("Connect it again"), st.form(f"change_{source.id}", border=False):
        st.caption("Fields left empty stay. Where an address changes, secrets have to be typed again.")
        values = draw_fields(require_kind(source.kind).Config, key=f"change_{source.id}")
        if st.form_submit_button("Check and keep"):
            try_change(
                partial(change_source, platform, principal, source.name, values), "The source is connected again"
            )


def _offer_pack(platform: Platform, principal: Principal, source: Source) -> None:
    if not principal.can(Permission.DEFINITION_APPLY) or source.kind not in mapped_kinds():
        return
    if st.button("Add its metrics", key="source_map", help="The revenue pack over the tables of this source."):
        said = "The metrics are in force; their mapping is on the page Metrics"
        try_change(partial(apply_pack, platform, principal, source.name), said)
