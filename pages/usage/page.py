"""Usage: a month's statement and whether the audit log says the same, what is stored, backups and the key."""

import datetime as dt
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from app.ui.changing import draw_said, say_next
from app.ui.failure import failure_of
from app.ui.parts import (
    Alert,
    CardHeader,
    DataTable,
    EmptyState,
    PageHead,
    Span,
    TableColumn,
    Tone,
    alert_box,
    card,
    card_header,
    data_table,
    empty_state,
    error_box,
    page_head,
)
from services.backup_plans import find_backup_plan
from services.backups import Backup, back_up, list_backups
from services.erasure import erase_tenant
from services.keys import rotate_tenant
from services.limits import Storage, find_storage
from services.platform import Platform
from services.restore import restore_own
from services.tenant_export import export_tenant
from services.usage import Statement, monthly_statement
from tenants.access import Permission, Principal
from tenants.usage import PEAKS, UsageItem

_MONTHS = 12
_LABELS = {UsageItem.BYTES_STORED: "MB stored", UsageItem.QUERY_MS: "Seconds of queries"}
_UNITS = {UsageItem.BYTES_STORED: 1e6, UsageItem.QUERY_MS: 1e3}


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    storage = find_storage(platform, principal)
    head = st.empty()
    month = st.selectbox("Month", _months(platform.clock()), key="usage_month")
    statement = monthly_statement(platform, principal, month)
    with head.container():
        _head(statement, storage)
    draw_said()
    with card(key="statement"):
        _statement(statement)
    with card(key="limits"):
        _limits(storage)
    if principal.can(Permission.TENANT_MANAGE):
        with card(key="backups"):
            _backups(platform, principal, list_backups(platform, principal))
        with card(key="keeping"):
            _keeping(platform, principal)
        with card(key="erasing"):
            _erasing(platform, principal)


def _months(now: dt.datetime) -> list[str]:
    """The present month and those before it, newest first."""
    first = now.year * 12 + now.month - 1
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(first, first - _MONTHS, -1)]


def _head(statement: Statement, storage: Storage) -> None:
    queries = statement.amounts[UsageItem.QUERIES]
    answer = (
        Span(f"{queries:,} queries"),
        f" in {statement.month}, {storage.seats} members, ",
        _size(storage.bytes_stored),
        " stored.",
    )
    cause = (
        "The audit log does not add up to this statement."
        if statement.differs
        else "Every amount is what the audit log adds up to."
    )
    page_head(PageHead(answer=answer, cause=cause), key="usage")


def _statement(statement: Statement) -> None:
    subtitle = f"{statement.month}, in UTC; stored and seats are the most there were, the others are sums"
    card_header(CardHeader(title="Statement", subtitle=subtitle, is_ruled=True), key="statement")
    if statement.differs:
        names = ", ".join(_label(item) for item in statement.differs)
        text = (
            f"Lines of the log were removed or changed, or a count is wrong: {names}. Prove the log on the page Audit."
        )
        alert_box(Alert(title="The log says otherwise", text=text, tone=Tone.BAD), key="differs")
    rows = tuple(
        (_label(item), "most" if item in PEAKS else "sum", _amount(item, amount))
        for item, amount in statement.amounts.items()
    )
    columns = (TableColumn(label="Used"), TableColumn(label="Counted as"), TableColumn(label="Amount", is_number=True))
    data_table(DataTable(caption=f"Usage in {statement.month}", columns=columns, rows=rows), key="statement")


def _limits(storage: Storage) -> None:
    card_header(CardHeader(title="Limits", subtitle="Set by the operator", is_ruled=True), key="limits")
    limits = storage.limits
    disk = "no limit" if limits.disk_bytes is None else _size(limits.disk_bytes)
    rows = (
        ("Seats", f"{storage.seats:,}", "no limit" if storage.most_seats is None else f"{storage.most_seats:,}"),
        ("Disk", _size(storage.bytes_stored), disk),
        ("Memory of the store", "", f"{limits.memory_mb:,} MiB"),
        ("Threads", "", str(limits.threads)),
        ("Time of a query", "", f"{limits.timeout_s:g} s"),
        ("Rows of an answer", "", f"{limits.max_rows:,}"),
    )
    columns = tuple(TableColumn(label=label, is_number=label != "Limit") for label in ("Limit", "Now", "At most"))
    data_table(DataTable(caption="Limits", columns=columns, rows=rows), key="limits")


def _backups(platform: Platform, principal: Principal, backups: list[Backup]) -> None:
    newest = f"Newest of {backups[0].made_at:%Y-%m-%d %H:%M} UTC; " if backups else ""
    plan = find_backup_plan(platform, principal)
    next_one = "none scheduled" if plan is None else f"next {plan.next_at:%Y-%m-%d %H:%M} UTC"
    subtitle = f"{newest}{next_one}; encrypted; restored whole or not at all"
    card_header(CardHeader(title="Backups", subtitle=subtitle), key="backups")
    if plan is not None and plan.problem:
        alert_box(Alert(title="The last scheduled backup failed", text=plan.problem, tone=Tone.BAD), key="plan_failed")
    if st.button("Back up now", type="primary", key="back_up"):
        _try(lambda: back_up(platform, principal, step=_quiet), "The backup is made")
    if not backups:
        empty_state(EmptyState(title="No backup yet", text="Make one, or schedule them on Settings."), key="none")
        return
    chosen = st.selectbox("Backup", backups, format_func=_backup_label, key="backup")
    check, restore = st.columns(2)
    if check.button("Check that it can be restored", key="check"):
        work = partial(restore_own, platform, principal, chosen.path.name, step=_quiet, is_check=True)
        _try(work, "The backup can be restored; nothing was changed")
    with restore.popover("Restore"):
        st.text("The organisation goes back to this backup. Everybody, you included, signs in anew.")
        name = st.text_input(f"Type {principal.tenant.slug} to confirm", key="restore_name")
        if st.button("Restore this backup", key="restore", disabled=name != principal.tenant.slug):
            _leave(partial(restore_own, platform, principal, chosen.path.name, step=_quiet), "The backup is restored")


def _keeping(platform: Platform, principal: Principal) -> None:
    subtitle = "An export holds everything in open formats, without keys and passwords"
    card_header(CardHeader(title="Export and key", subtitle=subtitle), key="keeping")
    export, rotate = st.columns(2)
    export.download_button(
        "Export everything as ZIP",
        data=partial(_export, platform, principal),
        file_name=f"{principal.tenant.slug}.zip",
        mime="application/zip",
        key="export",
    )
    if rotate.button("Change the encryption key", key="rotate"):
        _try(partial(rotate_tenant, platform, principal, _quiet), "Store and secrets are under a new key")


def _erasing(platform: Platform, principal: Principal) -> None:
    subtitle = "Data, members, key and backups are removed for good, and everybody is signed out"
    card_header(CardHeader(title="Erase this organisation", subtitle=subtitle), key="erasing")
    slug = principal.tenant.slug
    name = st.text_input(f"Type {slug} to erase it", key="erase_name")
    if st.button("Erase for good", key="erase", disabled=name != slug):
        _leave(partial(erase_tenant, platform, principal, confirm=name, step=_quiet), "The organisation is erased")


def _export(platform: Platform, principal: Principal) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{principal.tenant.slug}.zip"
        export_tenant(platform, principal, path, step=_quiet)
        return path.read_bytes()


def _backup_label(backup: Backup) -> str:
    return f"{backup.made_at:%Y-%m-%d %H:%M} UTC, {_size(backup.bytes)}"


def _label(item: UsageItem) -> str:
    return _LABELS.get(item, item.value.replace("_", " ").capitalize())


def _amount(item: UsageItem, amount: int) -> str:
    unit = _UNITS.get(item)
    return f"{amount:,}" if unit is None else f"{amount / unit:,.1f}"


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _quiet(_step: str) -> None:
    """The page shows its own progress."""


def _try(change: Callable[[], object], said: str) -> None:
    if _has_worked(change):
        say_next(said)
        st.rerun()


def _leave(change: Callable[[], object], said: str) -> None:
    """A change that ends every session; the browser finds that out and goes to the sign-in page by itself."""
    if _has_worked(change):
        alert_box(Alert(title=said, text="You are being signed out.", tone=Tone.GOOD), key="left")


def _has_worked(change: Callable[[], object]) -> bool:
    try:
        with st.spinner("Working"):
            change()
    except Exception as error:
        error_box(failure_of(error, what="Nothing was changed"), key="change")
        return False
    return True
