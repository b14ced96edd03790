"""Anomalies: what was unusual, one row for each cause with its shares; the budget, its history, and verdicts."""

import datetime as dt

import streamlit as st

from app.ui.chart import draw_chart
from app.ui.failure import failure_of
from app.ui.parts import (
    CardHeader,
    Contribution,
    DataTable,
    EmptyState,
    InsightRow,
    MetaItem,
    PageHead,
    Span,
    TableColumn,
    card,
    card_header,
    data_table,
    empty_state,
    error_box,
    insight_list,
    page_bar,
    page_head,
)
from charts import Chart, ChartKind, Grain, Role, Series
from core import numbers
from core.errors import UserError
from metrics.period import date_label
from services.definitions import find_catalog
from services.foresight import Anomalies, Found, Verdict, find_causes, judge_alert, set_budget
from services.foresight.verdicts import BUDGETS
from services.platform import Platform
from tenants.access import Permission, Principal

_RANGES = {"30": "Last 30 days", "92": "Last three months", "365": "Last twelve months", "0": "All time"}
_SHOWN = 50
_SHOWN_SHARES = 4
_BEFORE_DAYS, _AFTER_DAYS = 70, 21


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    catalog = find_catalog(platform, principal)
    if catalog is None or not catalog.metrics:
        page_head(PageHead(answer="There is nothing to watch yet."), key="anomalies")
        with card(key="anomalies_none"):
            empty_state(
                EmptyState(title="No metrics yet", text="An analyst of your organisation defines them."),
                key="anomalies_none",
            )
        return
    head = st.empty()
    with head.container():
        page_head(PageHead(answer="What was unusual?"), key="anomalies_waiting")
    try:
        with st.spinner("Reading every metric by every member"):
            found = find_causes(platform, principal)
    except UserError as error:
        head.empty()
        page_head(PageHead(answer="The metrics cannot be watched."), key="anomalies")
        error_box(failure_of(error), key="anomalies")
        return
    with page_bar([MetaItem(text=f"{found.series:,} series watched by day", icon="monitoring")], key="anomalies"):
        days = _range()
        _budget(platform, principal, found)
    since = found.today - dt.timedelta(days=days) if days else dt.date.min
    shown = [one for one in found.found if one.day >= since]
    with head.container():
        _answer(shown, days)
    _feed(platform, principal, found, shown)
    _history(found)


def _range() -> int:
    asked = st.query_params.get("days", "365")
    st.session_state["anomalies_days"] = asked if asked in _RANGES else "365"

    def keep() -> None:
        st.query_params["days"] = str(st.session_state["anomalies_days"])

    st.selectbox(
        "Range", list(_RANGES), format_func=_RANGES.__getitem__, key="anomalies_days", on_change=keep, width=190,
        label_visibility="collapsed",
    )  # fmt: skip
    return int(st.session_state["anomalies_days"])


def _budget(platform: Platform, principal: Principal, found: Anomalies) -> None:
    st.session_state["anomalies_budget"] = found.decisions.budget

    def keep() -> None:
        set_budget(platform, principal, budget=float(st.session_state["anomalies_budget"]))

    st.selectbox(
        "Budget", BUDGETS, format_func=lambda one: f"{one:g} false alerts a month", key="anomalies_budget",
        on_change=keep, width=230, label_visibility="collapsed",
        disabled=not principal.can(Permission.DEFINITION_APPLY),
    )  # fmt: skip


def _answer(shown: list[Found], days: int) -> None:
    open_ = [one for one in shown if one.judgement is None]
    when = _RANGES[str(days)].lower()
    answer = f"{len(open_)} causes to look at, {when}."
    if len(open_) == 1:
        answer = f"1 cause to look at, {when}."
    cause = f" The newest: {_title(open_[0])}." if open_ else " Nothing was unusual."
    text = "Each day is judged by the days before it; alarms that belong together are one cause."
    page_head(PageHead(answer=(Span(answer),), cause=cause, text=text), key="anomalies")


def _title(found: Found) -> str:
    watched = found.cause.lead.watched
    member = f", {watched.member}" if watched.member else ""
    return f"{found.metric.label}{member} on {date_label(found.day)}"


def _feed(platform: Platform, principal: Principal, found: Anomalies, shown: list[Found]) -> None:
    with card(key="anomalies_feed"):
        card_header(
            CardHeader(
                title="What was unusual", subtitle="Choose a row to see its days and to judge it", is_ruled=True
            ),
            key="anomalies_feed",
        )
        if not shown:
            empty_state(
                EmptyState(title="Nothing unusual", text="No series left what is usual for it in these days."),
                key="anomalies_empty",
            )
            return
        rows = [_row(found, one, str(place)) for place, one in enumerate(shown[:_SHOWN])]
        act = insight_list(rows, key="anomalies_feed")
    if act is not None:
        _open(platform, principal, shown[int(act)])


def _row(found: Anomalies, one: Found, act: str) -> InsightRow:
    lead, unit = one.cause.lead, one.metric.unit
    usual = "not known" if lead.usual is None else str(numbers.compact(lead.usual, unit))
    parts = [f"{numbers.compact(lead.value, unit)} instead of {usual}"]
    if lead.usual:
        parts.append(f"{numbers.change(lead.value / lead.usual - 1, is_relative=True)}")
    others = sorted({alarm.watched.metric for alarm in one.cause.alarms} - {one.metric.name})
    sentence = ", ".join(parts) + f". {len(one.cause.alarms)} of the series show it"
    sentence += f", also {', '.join(others[:3])}." if others else "."
    if one.judgement is not None:
        note = f": {one.judgement.note}" if one.judgement.note else ""
        sentence += f" Judged as {one.judgement.verdict} by {one.judgement.by}{note}."
    shares = one.cause.shares[:_SHOWN_SHARES]
    label = found.labels.get(shares[0].dimension, shares[0].dimension) if shares else ""
    return InsightRow(
        title=_title(one),
        sentence=sentence,
        act=act,
        contributions=tuple(
            Contribution(
                label=f"{label}: {share.member}",
                text=f"{numbers.change(share.change, unit)} ({share.share:.0%})",
                value=share.change,
            )
            for share in shares
        ),
    )


def _open(platform: Platform, principal: Principal, one: Found) -> None:
    @st.dialog(_title(one), width="large")
    def show() -> None:
        draw_chart(_chart(one), key="anomalies_chart")
        if one.judgement is not None:
            st.text(f"Judged as {one.judgement.verdict} by {one.judgement.by}. {one.judgement.note}")
        if not principal.can(Permission.DEFINITION_APPLY):
            return
        note = st.text_input("What was it?", key="anomalies_note", placeholder="Tracking script was broken")
        for column, verdict in zip(st.columns(3), Verdict, strict=True):
            if column.button(verdict.capitalize(), key=f"anomalies_{verdict.name}"):
                judge_alert(
                    platform, principal, day=one.day, key=one.cause.lead.watched.key, verdict=verdict.value, note=note
                )
                st.rerun()

    show()


def _chart(one: Found) -> Chart:
    lead = one.cause.lead
    series = lead.watched.series
    first, last = max(lead.place - _BEFORE_DAYS, 0), min(lead.place + _AFTER_DAYS, series.size - 1)
    begin = one.day - dt.timedelta(days=lead.place - first)
    days = tuple(begin + dt.timedelta(days=number) for number in range(last - first + 1))
    values = tuple(None if value != value else float(value) for value in series.values[first : last + 1])
    usual = "not known" if lead.usual is None else numbers.full(lead.usual, one.metric.unit)
    return Chart(
        kind=ChartKind.LINE,
        title=_title(one),
        description=f"{_title(one)}: {numbers.full(lead.value, one.metric.unit)}, usual {usual}.",
        series=(
            Series(name=one.metric.label, x=days, y=values),
            Series(name="Unusual", x=(one.day,), y=(lead.value,), role=Role.BAD),
        ),
        grain=Grain.DAY,
        unit=one.metric.unit,
    )


def _history(found: Anomalies) -> None:
    rows = tuple(
        (
            f"{budget:g}{' (in force)' if budget == found.decisions.budget else ''}",
            f"{alerts:.1f}", f"{causes:.1f}",
        )
        for budget, alerts, causes in found.simulated
    )  # fmt: skip
    with card(key="anomalies_history"):
        title = "What each budget would have raised"
        text = "A month, over the last twelve; real changes come on top of false alerts"
        card_header(CardHeader(title=title, subtitle=text, is_ruled=True), key="anomalies_history")
        labels = ("Alarms of single series", "Causes")
        table = DataTable(
            caption=title,
            columns=(
                TableColumn(label="False alerts a month"),
                *(TableColumn(label=label, is_number=True) for label in labels),
            ),
            rows=rows,
            notes=tuple(f"Not watched: {name}: {reason}" for name, reason in found.skipped.items()),
        )  # fmt: skip
        data_table(table, key="anomalies_history")
