"""Alerts: what is watched, what was found, and who looks after it."""

from functools import partial

import streamlit as st

import app.ui.notice as notice
from app.ui.changing import draw_said, try_change
from app.ui.parts import (
    Badge,
    CardHeader,
    DataTable,
    EmptyState,
    PageHead,
    TableColumn,
    Tone,
    card,
    card_header,
    data_table,
    empty_state,
    page_head,
)
from app.ui.schedule import moment_text
from metrics.period import PeriodKind
from notebooks.scope import CELL_PERIODS
from services.alerts.alerts import (
    acknowledge_alert,
    add_alert,
    check_now,
    list_addressed,
    list_alerts,
    pause_alert,
    remove_alert,
    snooze_alert,
)
from services.alerts.rule import Test
from services.alerts.spec import Alert, AlertPlan
from services.deliveries.channels import parse_channel
from services.deliveries.choices import recipient_choices
from services.notebook_asking import cell_choices
from services.organisation import list_members
from services.platform import Platform
from tenants.access import Permission, Principal

_MADE = "alerts_made"
_NOBODY = "Nobody"
_SNOOZES = {4: "4 hours", 24: "1 day", 24 * 7: "1 week"}
_DIGESTS = {"": "At once", "0 8 * * *": "Daily at 08:00", "0 8 * * mon": "Mondays at 08:00"}


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    alerts, addressed = list_alerts(platform, principal), list_addressed(platform, principal)
    page_head(_head(alerts), key="alerts")
    draw_said()
    with card(key="found"):
        _found(platform, principal, alerts)
    with card(key="alerts"):
        _alerts(platform, principal, alerts)
    if addressed:
        with card(key="addressed"):
            _addressed(platform, principal, addressed)
    with card(key="new_alert"):
        _new(platform, principal)


def _head(alerts: list[Alert]) -> PageHead:
    found = sum(len(one.open) for one in alerts)
    waiting = sum(firing.acknowledged_at is None for one in alerts for firing in one.open)
    broken = sum(bool(one.problem) for one in alerts)
    if not alerts:
        return PageHead(answer="You watch nothing yet.", cause="Make an alert below; you are told when its rule holds.")
    verb = "holds" if found == 1 else "hold"
    answer = f"{found} of what you watch {verb}, {waiting} not acknowledged." if found else "All quiet: no rule holds."
    cause = f"{broken} could not be looked at." if broken else "Each is looked at after every sync, with your own rows."
    return PageHead(answer=answer, cause=cause)


def _found(platform: Platform, principal: Principal, alerts: list[Alert]) -> None:
    card_header(
        CardHeader(title="What holds now", subtitle="The newest look of each alert", is_ruled=True), key="found"
    )
    open_ = [(alert, firing) for alert in alerts for firing in alert.open]
    if not open_:
        empty_state(EmptyState(title="Nothing holds", text="No rule of yours holds at the moment."), key="found")
        return
    zone = principal.tenant.zone
    rows = tuple(
        (
            alert.plan.name,
            firing.said,
            moment_text(firing.began_at, zone),
            Badge(text=f"Acknowledged by {firing.acknowledged_by}", tone=Tone.GOOD, icon="check_circle")
            if firing.acknowledged_at
            else Badge(text="Told" if firing.is_told else "Not told yet", tone=Tone.WARN, icon="notifications"),
        )
        for alert, firing in open_
    )
    columns = tuple(TableColumn(label=name) for name in ("Alert", "What", "Since", "State"))
    data_table(DataTable(caption="Rules that hold", columns=columns, rows=rows), key="found")
    waiting = {
        (alert.plan.name, firing.member): firing.said for alert, firing in open_ if firing.acknowledged_at is None
    }
    if waiting:
        with st.container(horizontal=True, vertical_alignment="bottom", key="found_actions"):
            chosen = st.selectbox("Found", list(waiting), format_func=lambda one: f"{one[0]}: {waiting[one]}")
            if st.button("Acknowledge", key="acknowledge"):
                work = partial(acknowledge_alert, platform, principal, chosen[0], chosen[1])
                try_change(work, "Acknowledged; it is not escalated")


def _alerts(platform: Platform, principal: Principal, alerts: list[Alert]) -> None:
    card_header(CardHeader(title="Your alerts", subtitle="Read with your own rows", is_ruled=True), key="alerts")
    if not alerts:
        empty_state(EmptyState(title="No alert yet", text="Make the first one below."), key="alerts")
        return
    names = ("Alert", "Watches", "Rule", "Told", "Looked at", "State")
    table = DataTable(
        caption="Alerts with their rules",
        columns=tuple(TableColumn(label=name) for name in names),
        rows=tuple(_row(platform, principal, one) for one in alerts),
    )
    data_table(table, key="alerts")
    for one in alerts:
        if one.problem:
            notice.alert_box(
                notice.Alert(title=f"{one.plan.name} could not be looked at", text=one.problem, tone=Tone.WARN),
                key=f"problem_{one.plan.name}",
            )
    by_name = {one.plan.name: one for one in alerts}
    with st.container(horizontal=True, vertical_alignment="bottom", key="alert_actions"):
        chosen = by_name[st.selectbox("Alert", list(by_name), key="alert_chosen")]
        _actions(platform, principal, chosen)


def _row(platform: Platform, principal: Principal, alert: Alert) -> tuple[str | Badge, ...]:
    plan = alert.plan
    watched = plan.metric or f"{plan.notebook}, {plan.cell}"
    split = f" by {plan.dimension}" if plan.dimension else ""
    told = ", ".join(plan.recipients[:2]) + (f" and {len(plan.recipients) - 2} more" * (len(plan.recipients) > 2))
    return (
        plan.name,
        f"{watched}{split}, {plan.period.value.replace('_', ' ')}" + (f", {plan.where}" if plan.where else ""),
        plan.rule,
        told + (f"; {_DIGESTS.get(plan.digest, plan.digest).lower()}" if plan.digest else ""),
        moment_text(alert.checked_at, principal.tenant.zone) if alert.checked_at else "\u2014",
        _badge(platform, alert, principal.tenant.zone),
    )


def _badge(platform: Platform, alert: Alert, zone: str) -> Badge:
    if not alert.is_active:
        return Badge(text="Paused", icon="pause")
    if alert.problem:
        return Badge(text="Cannot be looked at", tone=Tone.BAD, icon="error")
    if alert.is_snoozed(platform.clock()) and alert.snoozed_until is not None:
        return Badge(text=f"Put off until {moment_text(alert.snoozed_until, zone)}", icon="snooze")
    if alert.open:
        return Badge(text=f"{len(alert.open)} found", tone=Tone.WARN, icon="notifications_active")
    return Badge(text="Quiet", tone=Tone.GOOD, icon="check_circle")


def _actions(platform: Platform, principal: Principal, alert: Alert) -> None:
    name = alert.plan.name
    if st.button("Look now", key="check"):
        try_change(partial(check_now, platform, principal, name), f"{name} was looked at")
    if alert.is_snoozed(platform.clock()):
        if st.button("Wake", key="wake"):
            try_change(partial(snooze_alert, platform, principal, name, 0), f"{name} tells again")
    else:
        hours = st.selectbox("Put off for", list(_SNOOZES), format_func=_SNOOZES.__getitem__, key="snooze_hours")
        if st.button("Put off", key="snooze"):
            try_change(
                partial(snooze_alert, platform, principal, name, hours), f"{name} is put off for {_SNOOZES[hours]}"
            )
    if st.button("Pause" if alert.is_active else "Resume", key="pause_alert"):
        said = f"{name} is paused" if alert.is_active else f"{name} is looked at again"
        try_change(partial(pause_alert, platform, principal, name, is_paused=alert.is_active), said)
    if st.button("Remove", key="remove_alert"):
        try_change(partial(remove_alert, platform, principal, name), f"{name} is removed; what it told stays on record")


def _addressed(platform: Platform, principal: Principal, alerts: list[Alert]) -> None:
    header = CardHeader(title="Alerts that others made", subtitle="You are told when one holds in your rows")
    card_header(header, key="addressed")
    with st.container(horizontal=True, vertical_alignment="bottom", key="addressed_actions"):
        name = st.selectbox("Alert of others", [f"{one.plan.name} ({one.owner})" for one in alerts])
        if st.button("Acknowledge it", key="acknowledge_addressed"):
            alert = name.split(" (")[0]
            try_change(partial(acknowledge_alert, platform, principal, alert), f"{alert} is acknowledged")


def _new(platform: Platform, principal: Principal) -> None:
    subtitle = "You are told once when its rule begins to hold"
    card_header(CardHeader(title="New alert", subtitle=subtitle), key="new_alert")
    metrics, dimensions = cell_choices(platform, principal)
    if not metrics:
        empty_state(EmptyState(title="There is no metric yet", text="Import a table first."), key="no_metric")
        return
    periods = list(CELL_PERIODS)
    with st.form(f"new_alert_{st.session_state.setdefault(_MADE, 0)}", border=False):
        left, right = st.columns(2)
        name = left.text_input("Name", placeholder="low-win-rate")
        metric = right.selectbox("Metric", list(metrics), format_func=metrics.__getitem__)
        test = left.selectbox("Rule", list(Test), format_func=lambda one: one.value.capitalize())
        limit = right.text_input("Limit", placeholder="100000, or 20% for a share, a rise or a fall")
        period = left.selectbox(
            "Period to date", periods, index=periods.index(PeriodKind.QUARTER), format_func=_period_name
        )
        labels = {"": "\u2014", **dimensions}
        split = right.selectbox("Each member of", list(labels), format_func=labels.__getitem__)
        where = left.text_input("Only where", placeholder="region = 'EMEA'")
        digest = right.selectbox("Tell", list(_DIGESTS), format_func=_DIGESTS.__getitem__)
        quiet = left.text_input("Quiet hours", placeholder="20:00-07:00", help="What still holds then is told after.")
        recipients, channel, escalate_to = _whom(platform, principal)
        if st.form_submit_button("Make alert", type="primary"):
            plan = AlertPlan(
                name=name.strip(),
                rule=str(test) if test is Test.FORECAST else f"{test} {limit.strip()}",
                metric=metric or "",
                period=period or PeriodKind.QUARTER,
                dimension=split,
                where=where.strip(),
                recipients=tuple(recipients),
                channel=parse_channel(channel),
                digest=digest,
                quiet=quiet.strip(),
                escalate_to=() if escalate_to == _NOBODY else (escalate_to,),
            )
            try_change(partial(_make, platform, principal, plan), f"{plan.name} is made")


def _whom(platform: Platform, principal: Principal) -> tuple[list[str], str, str]:
    """Who is told and how; who may not deliver to others is told alone, by mail."""
    if not principal.can(Permission.SCHEDULE_MANAGE):
        return [principal.email], "mail", _NOBODY
    with st.container(horizontal=True):
        addresses = [member.email for member in list_members(platform, principal.tenant)]
        choices = recipient_choices(platform, principal)
        recipients = st.multiselect("Told", choices.names, default=[principal.email])
        channel = st.text_input("Channel", value="mail")
        escalate_to = st.selectbox("Told after a day without acknowledgement", [_NOBODY, *addresses])
    return recipients, channel, escalate_to


def _period_name(kind: PeriodKind) -> str:
    return kind.value.replace("_", " ").capitalize()


def _make(platform: Platform, principal: Principal, plan: AlertPlan) -> None:
    add_alert(platform, principal, plan)
    check_now(platform, principal, plan.name)
    # The form begins anew.
    st.session_state[_MADE] += 1
