"""What will be booked, on the page: the distribution, its parts, its record, what-if, and who puts deals off."""

import datetime as dt

import numpy as np
import streamlit as st

from app.ui.chart import draw_chart
from app.ui.parts import (
    Badge,
    CardHeader,
    DataTable,
    MetaItem,
    PageHead,
    Span,
    TableColumn,
    Tone,
    card,
    card_header,
    cards,
    data_table,
    page_bar,
    page_head,
)
from charts import Chart, ChartKind, Role, Series
from core import numbers
from forecasting.deals import LEVEL, NO_DAY, DealForecast, Quarter, QuarterForecast, Slipping, WhatIf
from metrics.period import PeriodKind, date_label, period_to_date
from services.foresight import DealAnswer, forecast_bookings
from services.platform import Platform
from tenants.access import Principal

_EPOCH = dt.date(1970, 1, 1)
_BINS = 16
_SHOWN_DEALS, _SHOWN_REPS = 15, 5
_TRIES = {"win": "Chance to win", "new": "Deals still to come", "slip": "Close dates put off"}


def draw_bookings(platform: Platform, principal: Principal) -> None:
    """Draw the forecast of the reader's deals. Raises UserError."""
    head = st.empty()
    with page_bar([MetaItem(text="Made from every change of every deal", icon="history")], key="bookings"):
        day = _day()
        target = _target(principal.tenant.currency)
        what_if = _what_if()
    with st.spinner("Walking every deal forward, and trying the forecast on earlier quarters"):
        found = forecast_bookings(platform, principal, day=day, what_if=what_if)
    with head.container():
        _answer(principal, found, target)
    shown = found.tried or found.forecast
    left, right = cards([3, 2], key="bookings")
    with left:
        _distribution(principal, shown.quarters[0])
    with right:
        _parts(principal, found)
    _record(principal, found)
    _slipping(found.slipping)
    _deals(principal, shown)


def _day() -> dt.date | None:
    try:
        asked = dt.date.fromisoformat(st.query_params.get("as_of", ""))
    except ValueError:
        asked = None

    def keep() -> None:
        value = st.session_state["bookings_day"]
        if value is None:
            st.query_params.pop("as_of", None)
        else:
            st.query_params["as_of"] = value.isoformat()

    st.session_state["bookings_day"] = asked
    st.date_input("As of", key="bookings_day", on_change=keep, width=150, help="The forecast as it was on a day")
    return asked


def _target(currency: str) -> float | None:
    text = st.query_params.get("target", "")
    st.session_state["bookings_target"] = float(text) if text.isascii() and text.isdigit() else None

    def keep() -> None:
        value = st.session_state["bookings_target"]
        if value:
            st.query_params["target"] = f"{value:.0f}"
        else:
            st.query_params.pop("target", None)

    found = st.number_input(
        f"Target, {currency}", key="bookings_target", on_change=keep, min_value=0.0, step=100_000.0, format="%.0f",
        width=170,
    )  # fmt: skip
    return float(found) if found else None


def _what_if() -> WhatIf:
    chosen = {}
    with st.popover("What if", icon=":material/tune:", key="bookings_what_if"):
        for name, label in _TRIES.items():
            text = st.query_params.get(name, "100")
            st.session_state[f"bookings_{name}"] = int(text) if text.isascii() and text.isdigit() else 100
            chosen[name] = (
                st.slider(
                    label, 50, 150, key=f"bookings_{name}", on_change=_keep_try, args=(name,), step=5, format="%d%%"
                )
                / 100
            )
    return WhatIf(**chosen)


def _keep_try(name: str) -> None:
    value = st.session_state[f"bookings_{name}"]
    if value == 100:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)


def _answer(principal: Principal, found: DealAnswer, target: float | None) -> None:
    currency = principal.tenant.currency
    quarter = (found.tried or found.forecast).quarters[0]
    label = _label(principal, quarter.quarter)
    low, high = numbers.compact(quarter.lo, currency), numbers.compact(quarter.hi, currency)
    cause = (
        f" Nine times out of ten between {low} and {high}; {numbers.compact(quarter.won, currency)} are won already."
    )
    if target is not None:
        cause += f" {numbers.compact(target, currency)} are reached in {quarter.chance_of(target):.0%} of the runs."
    if found.tried is not None:
        usual = numbers.compact(found.forecast.quarters[0].mean, currency)
        cause += f" Without what you try it is {usual}."
    answer = (Span(f"{label}: {numbers.compact(quarter.mean, currency)} expected."),)
    page_head(PageHead(answer=answer, cause=cause, text=_verdict(found)), key="bookings")


def _verdict(found: DealAnswer) -> str:
    record = found.record
    if record.error is None or record.stage_weighted_error is None:
        return "There is no earlier quarter to try the forecast on."
    naive = record.seasonal_naive_error
    other = "" if naive is None else f", the quarter a year before by {naive:.0%}"
    return (
        f"At this time of the quarter the last {len(record.trials)} forecasts were wrong by {record.error:.0%} on"
        f" average; the stage-weighted pipeline was by {record.stage_weighted_error:.0%}{other}."
    )


def _label(principal: Principal, quarter: Quarter) -> str:
    first = _EPOCH + dt.timedelta(days=quarter.first)
    return period_to_date(PeriodKind.QUARTER, first, principal.tenant.fiscal_start_month).label


def _distribution(principal: Principal, quarter: QuarterForecast) -> None:
    currency = principal.tenant.currency
    counts, edges = np.histogram(quarter.runs, bins=_BINS)
    middles = (edges[1:] + edges[:-1]) / 2
    series = Series(
        name="Share of runs",
        x=tuple(str(numbers.compact(float(middle), currency)) for middle in middles),
        y=tuple(float(count) / quarter.runs.size for count in counts),
        role=Role.MAIN,
    )
    label = _label(principal, quarter.quarter)
    chart = Chart(
        kind=ChartKind.COLUMN,
        title=f"Bookings of {label} over {quarter.runs.size} runs",
        description=(
            f"Bookings of {label}: {numbers.full(quarter.mean, currency, decimals=0)} expected, between "
            f"{numbers.full(quarter.lo, currency, decimals=0)} and {numbers.full(quarter.hi, currency, decimals=0)}."
        ),
        series=(series,),
        x_label="Bookings",
        unit="ratio",
    )
    card_header(CardHeader(title=chart.title, subtitle="How often each amount came out"), key="bookings_runs")
    draw_chart(chart, key="bookings_runs")


def _parts(principal: Principal, found: DealAnswer) -> None:
    currency = principal.tenant.currency
    quarters = found.forecast.quarters

    def row(label: str, values: list[float | None]) -> tuple[str, ...]:
        shown = ("none" if value is None else str(numbers.compact(value, currency)) for value in values)
        return (label, *shown)

    rows = [
        row("Won already", [one.won for one in quarters]),
        row("From open deals", [one.from_open for one in quarters]),
        row("From deals still to come", [one.from_new for one in quarters]),
        row("Expected", [one.mean for one in quarters]),
        row(f"Low ({LEVEL}%)", [one.lo for one in quarters]),
        row(f"High ({LEVEL}%)", [one.hi for one in quarters]),
        row("Stage-weighted", [one.stage_weighted for one in quarters]),
        row("A year before", [one.seasonal_naive for one in quarters]),
    ]
    if found.tried is not None:
        rows.append(row("Expected, as you try it", [one.mean for one in found.tried.quarters]))
    labels = [_label(principal, one.quarter) for one in quarters]
    title = "Where it comes from"
    card_header(CardHeader(title=title, subtitle="Two plain forecasts beside it", is_ruled=True), key="bookings_parts")
    columns = (TableColumn(label="Part"), *(TableColumn(label=label, is_number=True) for label in labels))
    data_table(DataTable(caption=title, columns=columns, rows=tuple(rows)), key="bookings_parts")


def _record(principal: Principal, found: DealAnswer) -> None:
    currency, record = principal.tenant.currency, found.record
    if not record.trials:
        return
    rows = []
    for trial in record.trials:
        between = f"{numbers.compact(trial.lo, currency)} to {numbers.compact(trial.hi, currency)}"
        inside = Badge(text="inside", tone=Tone.GOOD) if trial.is_covered else Badge(text="outside", tone=Tone.BAD)
        rows.append(
            (
                _label(principal, trial.quarter), str(numbers.compact(trial.mean, currency)), between,
                str(numbers.compact(trial.booked, currency)), inside, _off(trial.mean, trial.booked),
                _off(trial.stage_weighted, trial.booked), _off(trial.seasonal_naive, trial.booked),
            )
        )  # fmt: skip
    weeks = record.trials[0].weeks_left
    with card(key="bookings_record"):
        title = "Track record"
        text = f"The same forecast made {weeks} weeks before the end of earlier quarters, from what was known then"
        card_header(CardHeader(title=title, subtitle=text, is_ruled=True), key="bookings_record")
        labels = ("Expected", "Interval", "Booked", "Interval held", "Off by", "Stage-weighted", "Year before")
        table = DataTable(
            caption=title,
            columns=(TableColumn(label="Quarter"), *(TableColumn(label=label, is_number=True) for label in labels)),
            rows=tuple(rows),
            foot=(
                "On average", "", "", "", _share(record.coverage), _share(record.error),
                _share(record.stage_weighted_error), _share(record.seasonal_naive_error),
            ),
        )  # fmt: skip
        data_table(table, key="bookings_record")


def _off(value: float | None, booked: float) -> str:
    return "none" if value is None else numbers.change(value / booked - 1, is_relative=True)


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.0%}"


def _slipping(reps: tuple[Slipping, ...]) -> None:
    if not reps:
        return
    found = [one for one in reps if one.is_found]
    shown = sorted(reps, key=lambda one: (not one.is_found, -one.drawn))[: max(_SHOWN_REPS, len(found))]
    rows = tuple(
        (
            Badge(text=one.owner, tone=Tone.BAD, icon="trending_flat") if one.is_found else one.owner,
            f"{one.due:,}", f"{one.pushed:,}", f"{one.share:.0%}", f"{one.usual:.0%}",
        )
        for one in shown
    )  # fmt: skip
    sentence = "Nobody puts off more deals than chance explains"
    if found:
        first = found[0]
        due = f"{first.pushed} of {first.due} deals due at a quarter's end"
        sentence = f"{first.owner} put off {due}; all others {first.usual:.0%}"
    with card(key="bookings_slipping"):
        title = "Deals put off at a quarter's end"
        card_header(CardHeader(title=title, subtitle=sentence, is_ruled=True), key="bookings_slipping")
        labels = ("Due two weeks before", "Put off", "Share", "All others")
        table = DataTable(
            caption=title,
            columns=(TableColumn(label="Rep"), *(TableColumn(label=label, is_number=True) for label in labels)),
            rows=rows,
        )
        data_table(table, key="bookings_slipping")


def _deals(principal: Principal, forecast: DealForecast) -> None:
    currency = principal.tenant.currency
    largest = sorted(forecast.deals, key=lambda one: -one.amount * one.chances[0])[:_SHOWN_DEALS]
    if not largest:
        return
    rows = tuple(
        (
            str(one.deal), one.stage, one.owner, numbers.full(one.amount, currency),
            "not set" if one.close <= NO_DAY else date_label(_EPOCH + dt.timedelta(days=one.close)),
            *(f"{chance:.0%}" for chance in one.chances),
        )
        for one in largest
    )  # fmt: skip
    with card(key="bookings_deals"):
        title = "Deals that matter most"
        card_header(
            CardHeader(title=title, subtitle="By amount times the chance to be won this quarter", is_ruled=True),
            key="bookings_deals",
        )
        chances = [f"Won in {_label(principal, one.quarter)}" for one in forecast.quarters]
        table = DataTable(
            caption=title,
            columns=(
                TableColumn(label="Deal"), TableColumn(label="Stage"), TableColumn(label="Owner"),
                TableColumn(label="Amount", is_number=True), TableColumn(label="Expected close", is_number=True),
                *(TableColumn(label=label, is_number=True) for label in chances),
            ),
            rows=rows,
            total_rows=len(forecast.deals),
        )  # fmt: skip
        data_table(table, key="bookings_deals")
