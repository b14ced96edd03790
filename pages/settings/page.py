"""Settings: what an organisation says of itself, its logo, its limits, and when it is backed up."""

import calendar
import zoneinfo
from functools import partial

import streamlit as st

from app.ui.changing import draw_said, try_change
from app.ui.parts import (
    Alert,
    CardHeader,
    DataTable,
    PageHead,
    Span,
    TableColumn,
    Tone,
    alert_box,
    card,
    card_header,
    data_table,
    page_head,
)
from pages.settings.guests import draw_guests
from services.backup_plans import BackupPlan, find_backup_plan, plan_backups, stop_backups
from services.limits import find_storage
from services.platform import Platform
from services.tenant_settings import (
    MOST_LOGO_BYTES,
    TenantSettings,
    change_logo,
    change_settings,
    find_logo,
    find_region,
    settings_of,
)
from tenants.access import Permission, Principal

_DAILY = "0 2 * * *"
_KEEP = 14


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    settings = settings_of(principal.tenant)
    month = calendar.month_name[settings.fiscal_start_month]
    answer = (Span(settings.name), f" counts in {settings.currency}, in the time of {settings.zone}.")
    cause = f"Its year begins in {month}, its week on {calendar.day_name[settings.week_start]}."
    page_head(PageHead(answer=answer, cause=cause), key="settings")
    draw_said()
    with card(key="settings"):
        _settings(platform, principal, settings)
    with card(key="logo"):
        _logo(platform, principal)
    with card(key="guests"):
        draw_guests(platform, principal)
    with card(key="backup_plan"):
        _backups(platform, principal, find_backup_plan(platform, principal))
    with card(key="facts"):
        _facts(platform, principal)


def _settings(platform: Platform, principal: Principal, settings: TenantSettings) -> None:
    subtitle = "In force everywhere from the next figure on; amounts are not converted when the currency changes"
    card_header(CardHeader(title="Organisation", subtitle=subtitle), key="settings")
    zones = sorted(zoneinfo.available_timezones())
    with st.form("settings", border=False):
        left, right = st.columns(2)
        name = left.text_input("Name", value=settings.name)
        zone = right.selectbox("Time zone", zones, index=zones.index(settings.zone))
        currency = left.text_input("Currency", value=settings.currency, max_chars=3)
        accent = right.color_picker("Colour of the drawn mark and of reports", value=settings.accent)
        month = left.selectbox(
            "The fiscal year begins in",
            range(1, 13),
            index=settings.fiscal_start_month - 1,
            format_func=lambda number: calendar.month_name[number],
        )
        day = right.selectbox(
            "The week begins on",
            range(7),
            index=settings.week_start,
            format_func=lambda number: calendar.day_name[number],
        )
        is_saved = st.form_submit_button("Save settings", type="primary")
    if is_saved:
        wanted = TenantSettings(
            name=name, zone=zone, currency=currency, fiscal_start_month=month, week_start=day, accent=accent
        )
        try_change(lambda: change_settings(platform, principal, wanted), "The settings are in force")


def _logo(platform: Platform, principal: Principal) -> None:
    subtitle = f"PNG, JPEG or WebP of at most {MOST_LOGO_BYTES // 1024} KiB; shown in the sidebar and on reports"
    card_header(CardHeader(title="Logo", subtitle=subtitle), key="logo")
    present = find_logo(platform, principal.tenant)
    if present is not None:
        st.image(present, width=120)
        if st.button("Remove the logo", key="logo_remove"):
            try_change(partial(change_logo, platform, principal, None), "The drawn mark is back")
    with st.form("logo", border=False, clear_on_submit=True):
        kinds = ["png", "jpg", "jpeg", "webp"]
        file = st.file_uploader("A picture", type=kinds, key="logo_file", max_upload_size=1)
        is_saved = st.form_submit_button("Save logo")
    if is_saved and file is not None:
        try_change(partial(change_logo, platform, principal, file.getvalue()), "The logo is in place")


def _backups(platform: Platform, principal: Principal, plan: BackupPlan | None) -> None:
    zone = zoneinfo.ZoneInfo(principal.tenant.zone)
    subtitle = "None are made by themselves yet"
    if plan is not None:
        last = f", last {plan.last_at.astimezone(zone):%-d %b %H:%M}" if plan.last_at else ""
        subtitle = f"Next {plan.next_at.astimezone(zone):%-d %b %H:%M}{last}; each is proved after it was made"
    card_header(CardHeader(title="Scheduled backups", subtitle=subtitle), key="backup_plan")
    if plan is not None and plan.problem:
        alert_box(Alert(title="The last backup failed", text=plan.problem, tone=Tone.BAD), key="backup_problem")
    with st.form("backup_plan", border=False):
        left, right = st.columns(2)
        cron = left.text_input("When (minute, hour, day, month, weekday)", value=plan.cron if plan else _DAILY)
        keep = right.number_input("Newest to keep", 1, 365, value=plan.keep if plan else _KEEP)
        is_saved = st.form_submit_button("Save schedule")
    if is_saved:
        try_change(partial(plan_backups, platform, principal, cron, keep=int(keep)), "Backups are scheduled")
    if plan is not None and st.button("Make none by themselves", key="backup_stop"):
        try_change(partial(stop_backups, platform, principal), "No backups are made by themselves any more")


def _facts(platform: Platform, principal: Principal) -> None:
    subtitle = "Decided by the operator of this installation"
    card_header(CardHeader(title="Region and limits", subtitle=subtitle, is_ruled=True), key="facts")
    rows = [("Short name", principal.tenant.slug), ("Region", find_region(platform, principal) or "the only one")]
    if principal.can(Permission.USAGE_READ):
        limits = find_storage(platform, principal).limits
        disk = "no limit" if limits.disk_bytes is None else f"{limits.disk_bytes / 1e6:,.0f} MB"
        rows += [
            ("Disk", disk),
            ("Memory of the store", f"{limits.memory_mb:,} MiB"),
            ("Threads", str(limits.threads)),
            ("Time of a query", f"{limits.timeout_s:g} s"),
            ("Rows of an answer", f"{limits.max_rows:,}"),
        ]
    columns = (TableColumn(label="What"), TableColumn(label="Value"))
    data_table(DataTable(caption="Region and limits", columns=columns, rows=tuple(rows)), key="facts")
