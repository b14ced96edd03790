"""The forecast of a metric on the page: its fan, its record, its members."""

import datetime as dt
from functools import partial

import streamlit as st

from app.ui.chart import draw_chart
from app.ui.parts import (
    CardHeader,
    DataTable,
    MetaItem,
    PageHead,
    Span,
    TableColumn,
    card,
    card_header,
    data_table,
    page_bar,
    page_head,
)
from app.ui.saving import offer_cell
from core import numbers
from metrics import Catalog, Grain
from metrics.period import PeriodKind, date_label, period_to_date
from services.foresight import ForecastQuestion, MetricForecast, first_forecast, forecast_metric, parse_forecast
from services.foresight.cells import cell_of_forecast
from services.foresight.in_words import model_label, verdict
from services.foresight.question import FREQUENCIES, LEVEL, USUAL_HORIZON
from services.platform import Platform
from tenants.access import Principal


def draw_metric(platform: Platform, principal: Principal, catalog: Catalog) -> None:
    """Draw the forecast that the address asks for. Raises UserError."""
    question = parse_forecast(st.query_params.to_dict(), first_forecast(platform, principal))
    head = st.empty()
    with page_bar([MetaItem(text="Tried on the past before it is shown", icon="history")], key="forecast"):
        _controls(catalog, question)
    with st.spinner("Forecasting, and trying the forecast on the past"):
        found = forecast_metric(platform, principal, question)
    with head.container():
        _answer(found)
    _fan(platform, principal, found)
    _record(found)
    if found.members:
        _members(found)


def _controls(catalog: Catalog, question: ForecastQuestion) -> None:
    metrics = {name: metric.label for name, metric in sorted(catalog.metrics.items(), key=lambda one: one[1].label)}
    _choose("metric", "Metric", metrics, question.metric, width=220)
    _choose("grain", "Periods", {one.value: f"By {one}" for one in FREQUENCIES}, question.grain.value)
    usual = USUAL_HORIZON[question.grain]
    aheads = {str(one): f"{one} ahead" for one in sorted({usual // 2, usual, 2 * usual, question.horizon})}
    _choose("ahead", "Ahead", aheads, str(question.horizon), width=130)
    dimensions = {one.name: f"By {one.label.lower()}" for one in catalog.dimensions_of((question.metric,))
                  if not one.is_time}  # fmt: skip
    _choose("by", "Split by", {"": "Not split"} | dimensions, question.by, width=190)


def _choose(name: str, label: str, options: dict[str, str], chosen: str, *, width: int = 150) -> None:
    key = f"forecast_{name}"
    st.session_state[key] = chosen if chosen in options else next(iter(options))

    def keep() -> None:
        value = st.session_state[key]
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)
        if name == "grain":
            st.query_params.pop("ahead", None)
        if name == "metric":
            st.query_params.pop("by", None)

    st.selectbox(
        label, list(options), format_func=lambda one: options.get(one, one), key=key, on_change=keep, width=width,
        label_visibility="collapsed",
    )  # fmt: skip


def _answer(found: MetricForecast) -> None:
    metric, first, question = found.past.metric, found.forecast.points[0], found.question
    expected, low, high = (str(numbers.compact(value, metric.unit)) for value in (first.mean, first.lo, first.hi))
    answer = (Span(f"{metric.label}: {expected} expected in {_time(question, first.time)}."),)
    cause = f" Nine times out of ten between {low} and {high}."
    page_head(PageHead(answer=answer, cause=cause, text=verdict(found.forecast)), key="forecast")


def _time(question: ForecastQuestion, time: str | int) -> str:
    """A period as people call it."""
    text = str(time)
    if question.grain is Grain.HOUR:
        return text.replace("T", " ")
    day = dt.date.fromisoformat(text)
    return date_label(day) if question.grain is Grain.DAY else period_to_date(PeriodKind(question.grain), day).label


def _fan(platform: Platform, principal: Principal, found: MetricForecast) -> None:
    watermark = found.past.result.watermark
    meta = [MetaItem(text=f"Data version {watermark.version}", icon="schedule")]
    if found.past.running is not None:
        day, value = found.past.running
        text = (
            f"{numbers.full(value, found.past.metric.unit)} so far in the {found.question.grain} of {date_label(day)}"
        )
        meta.append(MetaItem(text=text, icon="hourglass_top"))
    with card(key="forecast_fan"):
        card_header(CardHeader(title=found.chart.title, subtitle=found.chart.subtitle), key="forecast_fan")
        draw_chart(found.chart, key="forecast_fan")
    with page_bar(meta, key="forecast_fan"):
        offer_cell(platform, principal, partial(cell_of_forecast, found.question, "forecast"), key="forecast")


def _record(found: MetricForecast) -> None:
    record, unit = found.forecast.record, found.past.metric.unit
    coverage = "not known" if record.coverage is None else f"{record.coverage:.0%}"
    rows = (
        ("Mean error a period", _error(record.error, unit), _error(record.baseline_error, unit)),
        (f"Values inside the interval (promised {LEVEL}%)", coverage, ""),
        ("Forecasts made in the past to measure this", f"{record.origins}", f"{record.origins}"),
    )
    with card(key="forecast_record"):
        title = "Track record"
        card_header(
            CardHeader(title=title, subtitle="Made anew as the data stood at earlier times", is_ruled=True),
            key="forecast_record",
        )
        table = DataTable(
            caption=title,
            columns=(
                TableColumn(label="Measured on the past"),
                TableColumn(label=f"Forecast: {model_label(found.forecast.model)}", is_number=True),
                TableColumn(label=f"Baseline: {model_label(record.baseline)}", is_number=True),
            ),
            rows=rows,
            notes=found.notes,
        )
        data_table(table, key="forecast_record")


def _error(value: float | None, unit: str | None) -> str:
    return "not known" if value is None else str(numbers.compact(value, unit))


def _members(found: MetricForecast) -> None:
    unit = found.past.metric.unit
    rows = []
    for one in found.members:
        last = one.past[max(one.past)] if one.past else None
        if one.forecast is None:
            rows.append((one.member, str(numbers.compact(last, unit)), "none", one.reason, "", ""))
            continue
        point, record = one.forecast.points[0], one.forecast.record
        between = f"{numbers.compact(point.lo, unit)} to {numbers.compact(point.hi, unit)}"
        errors = f"{_error(record.error, unit)} / {_error(record.baseline_error, unit)}"
        coverage = "not known" if record.coverage is None else f"{record.coverage:.0%}"
        rows.append(
            (one.member, str(numbers.compact(last, unit)), str(numbers.compact(point.mean, unit)), between, errors,
             coverage)
        )  # fmt: skip
    first = found.forecast.points[0]
    with card(key="forecast_members"):
        subtitle = "The members add up to the whole" if found.is_reconciled else "Each member is forecast by itself"
        card_header(CardHeader(title="By member", subtitle=subtitle, is_ruled=True), key="forecast_members")
        labels = ("Last", f"Next, {_time(found.question, first.time)}", "Interval", "Error / baseline", "Coverage")
        table = DataTable(
            caption="Forecast by member",
            columns=(TableColumn(label="Member"), *(TableColumn(label=label, is_number=True) for label in labels)),
            rows=tuple(rows),
        )
        data_table(table, key="forecast_members")
