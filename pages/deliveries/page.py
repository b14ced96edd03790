"""Deliveries: schedules with their next times, what each recipient got, and the very files."""

import datetime as dt
from collections.abc import Callable
from functools import partial

import streamlit as st

from app.ui.changing import draw_said, say_next, try_change
from app.ui.failure import failure_of
from app.ui.parts import (
    Badge,
    CardHeader,
    DataTable,
    EmptyState,
    MetaItem,
    PageHead,
    Span,
    TableColumn,
    Tone,
    card,
    card_header,
    data_table,
    empty_state,
    error_box,
    page_bar,
    page_head,
)
from app.ui.schedule import CRON_DAYS, moment_text, next_text, state_badge, when_text
from app.ui.sentence import Sentence
from services.deliveries.choices import recipient_choices
from services.deliveries.deliver import deliver_now, deliver_test, preview, resend
from services.deliveries.history import DeliveryFilter, list_deliveries, open_delivered
from services.deliveries.overview import Overview, list_left, summarise
from services.deliveries.rest import OnHoliday, Rest
from services.deliveries.schedules import (
    add_schedule,
    list_schedules,
    pause_schedule,
    remove_schedule,
    skip_next,
)
from services.deliveries.spec import OUTSIDE, CatchUp, Delivery, DeliveryState, OnProblem, Plan, Schedule
from services.deliveries.unsubscribe import subscribe_again
from services.notebooks import list_notebooks
from services.platform import Platform
from services.reports import report_formats
from tenants.access import Permission, Principal

_MADE = "deliveries_made"
_MOST_SHOWN = 100
_ON_HOLIDAY = {OnHoliday.SKIP: "Leave out", OnHoliday.SHIFT: "Next working day"}
_OUTSIDE = "Addresses outside, who get the rows that guests see"


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    if not principal.can(Permission.SCHEDULE_MANAGE):
        _own(platform, principal)
        return
    schedules, overview = list_schedules(platform, principal), summarise(platform, principal)
    page_head(_head(schedules, overview), key="deliveries")
    host = platform.settings.smtp_host
    meta = MetaItem(text=f"Mail goes through {host}", icon="mail") if host else None
    page_bar([meta or MetaItem(text="No mail server is set", icon="error", tone=Tone.BAD)], key="deliveries")
    draw_said()
    with card(key="schedules"):
        _schedules(platform, principal, schedules, overview)
    with card(key="history"):
        _history(platform, principal)
    with card(key="new_schedule"):
        _new(platform, principal)


def _own(platform: Platform, principal: Principal) -> None:
    """What a reader sees: their own deliveries."""
    found = list_deliveries(platform, principal, DeliveryFilter(recipient=principal.email))
    sent = [one for one in found if one.state is DeliveryState.SENT]
    answer = f"You received {len(sent)} report{'s' * (len(sent) != 1)}." if sent else "You have received no report yet."
    page_head(PageHead(answer=answer, cause="Each was made with your own rows." if sent else ""), key="deliveries")
    draw_said()
    for schedule_id in list_left(platform, principal):
        if st.button("Subscribe again to what you left", key=f"again_{schedule_id}"):
            try_change(
                partial(subscribe_again, platform, principal, schedule_id), "You receive it again from its next time"
            )
    with card(key="history"):
        _deliveries(platform, principal, found)


def _head(schedules: list[Schedule], overview: Overview) -> PageHead:
    active = [one for one in schedules if one.plan.is_active]
    if not schedules:
        return PageHead(
            answer="Nothing is delivered yet.", cause="Make a schedule below; each reader gets their own rows."
        )
    answer: Sentence = f"{len(schedules)} schedule{'s' * (len(schedules) > 1)}, all paused."
    if active:
        first = min(active, key=lambda one: one.next_at)
        answer = (Span(first.plan.name), f" goes out next, {next_text(first)}.")
    sent, failed = (overview.counts.get(state, 0) for state in (DeliveryState.SENT, DeliveryState.FAILED))
    cause = f"In the last 7 days {sent:,} were sent and {failed:,} failed."
    if bounced := overview.counts.get(DeliveryState.BOUNCED, 0):
        cause += f" {bounced:,} came back."
    return PageHead(answer=answer, cause=cause)


def _schedules(platform: Platform, principal: Principal, schedules: list[Schedule], overview: Overview) -> None:
    subtitle = "A report is rendered once for each row policy among its recipients"
    card_header(CardHeader(title="Schedules", subtitle=subtitle, is_ruled=True), key="schedules")
    if not schedules:
        empty_state(EmptyState(title="No schedule yet", text="Make the first one below."), key="schedules")
        return
    names = ("Schedule", "Notebook", "When", "Next", "To", "Last sent", "State")
    table = DataTable(
        caption="Schedules with their next times",
        columns=tuple(TableColumn(label=name) for name in names),
        rows=tuple(_schedule_row(one, overview, principal) for one in schedules),
    )
    data_table(table, key="schedules")
    by_name = {one.plan.name: one for one in schedules}
    with st.container(horizontal=True, vertical_alignment="bottom", key="schedule_actions"):
        name = st.selectbox("Schedule", list(by_name), key="schedule_chosen")
        _actions(platform, principal, by_name[name])


def _schedule_row(schedule: Schedule, overview: Overview, principal: Principal) -> tuple[str | Badge, ...]:
    plan = schedule.plan
    last = overview.last_sent.get(schedule.id)
    left = overview.left.get(schedule.id, 0)
    to = ", ".join(plan.recipients[:2]) + (f" and {len(plan.recipients) - 2} more" if len(plan.recipients) > 2 else "")
    return (
        plan.name,
        plan.notebook,
        when_text(plan.cron) + ("" if plan.zone == principal.tenant.zone else f" ({plan.zone})"),
        next_text(schedule),
        to + (f"; {left} unsubscribed" if left else ""),
        moment_text(last, principal.tenant.zone) if last else "\u2014",
        Badge(text="Active", tone=Tone.GOOD, icon="check_circle")
        if plan.is_active
        else Badge(text="Paused", icon="pause"),
    )


def _actions(platform: Platform, principal: Principal, schedule: Schedule) -> None:
    name = schedule.plan.name
    if st.button("Preview", key="preview"):
        _preview(platform, principal, name)
    if st.button("Test to me", key="test"):
        _deliver(partial(deliver_test, platform, principal, name), "Test")
    if st.button("Send now", key="send_now"):
        _confirm_send(platform, principal, schedule)
    if schedule.plan.is_active and st.button("Skip next", key="skip"):
        try_change(partial(skip_next, platform, principal, name), f"{name} leaves out its next time")
    is_active = schedule.plan.is_active
    if st.button("Pause" if is_active else "Resume", key="pause"):
        said = f"{name} is paused" if is_active else f"{name} runs again"
        try_change(partial(pause_schedule, platform, principal, name, is_paused=is_active), said)
    if st.button("Remove", key="remove"):
        try_change(
            partial(remove_schedule, platform, principal, name), f"{name} is removed; what it sent stays on record"
        )


@st.dialog("What you would get", width="large")
def _preview(platform: Platform, principal: Principal, name: str) -> None:
    try:
        rendered = preview(platform, principal, name)
    except Exception as error:
        error_box(failure_of(error, what="There is no preview"), key="preview")
        return
    st.caption(f"{rendered.subject}. {rendered.policy_sentence}")
    for file in rendered.files:
        st.download_button(file.name, file.content, file.name, file.media_type, key=f"preview_{file.name}")
    st.iframe(rendered.html, height=620, alt="The mail as it would arrive")


@st.dialog("Send now?")
def _confirm_send(platform: Platform, principal: Principal, schedule: Schedule) -> None:
    st.text(f"{schedule.plan.name} goes to {', '.join(schedule.plan.recipients[:5])}, each with their own rows.")
    if st.button("Send to all recipients", type="primary", key="send_confirmed"):
        _deliver(partial(deliver_now, platform, principal, schedule.plan.name), schedule.plan.name)


def _history(platform: Platform, principal: Principal) -> None:
    header = CardHeader(title="History", subtitle="Who received what, and whose rows these were", is_ruled=True)
    card_header(header, key="history")
    left, middle, right = st.columns(3)
    recipient = left.text_input("Recipient", key="history_recipient", placeholder="name@example.com")
    day = middle.date_input("On", value=None, key="history_day")
    state = right.selectbox("State", [None, *DeliveryState], format_func=_state_name, key="history_state")
    chosen = DeliveryFilter(
        recipient=recipient.strip() or None, day=day if isinstance(day, dt.date) else None, state=state
    )
    _deliveries(platform, principal, list_deliveries(platform, principal, chosen))


def _state_name(state: DeliveryState | None) -> str:
    return "Any" if state is None else state.value.capitalize()


def _deliveries(platform: Platform, principal: Principal, found: list[Delivery]) -> None:
    if not found:
        empty_state(EmptyState(title="No delivery fits", text="Nothing was sent yet, or not this."), key="history")
        return
    zone = principal.tenant.zone
    names = ("When", "Schedule", "Recipient", "State", "Whose rows", "Note")
    rows = tuple(
        (
            moment_text(one.sent_at or one.created_at, zone),
            one.schedule,
            one.recipient,
            state_badge(one),
            one.policy_sentence or "\u2014",
            one.reason,
        )
        for one in found[:_MOST_SHOWN]
    )
    columns = tuple(TableColumn(label=name) for name in names)
    data_table(DataTable(caption="Deliveries", columns=columns, rows=rows, total_rows=len(found)), key="history")
    by_id = {one.id: one for one in found[:_MOST_SHOWN] if one.files}
    if by_id:
        _files(platform, principal, by_id, zone)


def _files(platform: Platform, principal: Principal, by_id: dict[str, Delivery], zone: str) -> None:
    def label(delivery_id: str) -> str:
        one = by_id[delivery_id]
        return f"{one.recipient}, {one.schedule}, {moment_text(one.sent_at or one.created_at, zone)}"

    with st.container(horizontal=True, vertical_alignment="bottom", key="delivery_files"):
        chosen = by_id[st.selectbox("Delivery", list(by_id), format_func=label, key="delivery_chosen")]
        for file in chosen.files:
            if file.name == "message.txt":
                continue
            st.download_button(
                file.name,
                data=partial(open_delivered, platform, principal, chosen.id, file.name),
                file_name=file.name,
                mime=file.media_type,
                key=f"file_{file.name}",
                on_click="ignore",
            )
        if principal.can(Permission.SCHEDULE_MANAGE) and st.button("Send again", key="resend"):
            _deliver(partial(resend, platform, principal, chosen.id), f"Again to {chosen.recipient}")
    rows = ", ".join(f"{name} {count}" for name, count in chosen.row_counts.items())
    proof = f"Rows: {rows or 'none'}. Notebook version {chosen.document_version}, data version {chosen.watermark}. "
    st.caption(proof + " ".join(f"{one.name}: SHA-256 {one.sha256[:16]}…" for one in chosen.files[2:]))


def _new(platform: Platform, principal: Principal) -> None:
    card_header(CardHeader(title="New schedule", subtitle="Each recipient gets their own rows"), key="new_schedule")
    notebooks = {one.name: one.title for one in list_notebooks(platform, principal)}
    choices = recipient_choices(platform, principal)
    with st.form(f"new_schedule_{st.session_state.setdefault(_MADE, 0)}", border=False):
        left, right = st.columns(2)
        name = left.text_input("Name", placeholder="weekly-review")
        notebook = right.selectbox("Notebook", list(notebooks), format_func=notebooks.__getitem__)
        days = left.pills("Days", CRON_DAYS, selection_mode="multi", default=["mon"], format_func=str.capitalize)
        at = right.time_input("Time", value=dt.time(8, 0), step=dt.timedelta(minutes=15))
        recipients = left.multiselect("Recipients", choices.names)
        formats = right.multiselect("Files", list(report_formats()), default=["pdf"])
        condition = left.text_input("Only when", placeholder="has rows, changed, CELL over 100")
        catch_up = right.selectbox("Times missed while nothing ran", list(CatchUp), format_func=str.capitalize)
        rest = _rest_fields()
        password = st.text_input(
            "Password of the PDF", type="password", autocomplete="new-password", help="The mail then tells no figure."
        )
        outside = st.text_input(_OUTSIDE, placeholder="name@partner.example") if choices.may_leave else ""
        is_held = st.checkbox("Hold the report back where a part of it fails")
        if st.form_submit_button("Make schedule", type="primary"):
            plan = Plan(
                name=name.strip(),
                notebook=notebook or "",
                cron=f"{at.minute} {at.hour} * * {','.join(days) or '*'}",
                recipients=(*recipients, *(f"{OUTSIDE}{one}" for one in outside.replace(",", " ").split())),
                formats=tuple(formats),
                condition=condition.strip(),
                catch_up=catch_up or CatchUp.LATEST,
                rest=rest,
                on_problem=OnProblem.HOLD if is_held else OnProblem.SEND,
            )
            try_change(partial(_make, platform, principal, plan, password), f"{plan.name} is made")


def _rest_fields() -> Rest:
    left, right = st.columns(2)
    quiet = left.text_input("Quiet hours", placeholder="20:00-07:00")
    holidays = right.text_input("Holidays of", placeholder="DE, or DE-BY")
    on_holiday = right.radio("On a holiday", list(OnHoliday), format_func=_ON_HOLIDAY.__getitem__, horizontal=True)
    return Rest(quiet=quiet.strip(), holidays=holidays.strip().upper(), on_holiday=on_holiday or OnHoliday.SKIP)


def _make(platform: Platform, principal: Principal, plan: Plan, password: str) -> None:
    add_schedule(platform, principal, plan, password=password)
    # The form begins anew.
    st.session_state[_MADE] += 1


def _deliver(work: Callable[[], list[Delivery]], what: str) -> None:
    try:
        delivered = work()
    except Exception as error:
        error_box(failure_of(error, what="Nothing was sent"), key="deliver")
        return
    sent = sum(one.state is DeliveryState.SENT for one in delivered)
    others = [f"{one.recipient}: {one.reason}" for one in delivered if one.state is not DeliveryState.SENT]
    say_next(f"{what}: {sent} sent", warning=" ".join(others[:5]))
    st.rerun()
