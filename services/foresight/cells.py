"""A forecast as a cell of a notebook: its fan, and a row for each period that is drawn."""

from dataclasses import replace

import pyarrow as pa

from core.result import Column, ColumnType, Result
from forecasting import Forecast
from notebooks import ForecastCell, PageAnswer, PageQuestion
from services.foresight.in_words import verdict
from services.foresight.metric_forecast import first_forecast, forecast_metric, shown_past
from services.foresight.past import Past
from services.foresight.question import LEVEL, ForecastQuestion, moment_of, parse_forecast
from services.platform import Platform
from tenants.access import Principal


def answer_forecast(platform: Platform, principal: Principal, asked: PageQuestion) -> PageAnswer:
    """What a cell comes to, under the rights of who asks. Raises UserError."""
    params = {name: values[0] for name, values in asked.choices.items() if values}
    question = parse_forecast(params, params.get("metric") or first_forecast(platform, principal))
    found = forecast_metric(platform, principal, question)
    past = found.past.result
    chart = replace(found.chart, title=asked.title or found.chart.title)
    sentence = f"{past.sentence.rstrip('.')}, and what is expected of the {question.horizon} after it; between low and "
    sentence += f"high lie {LEVEL} of 100 values. {verdict(found.forecast)}"
    rows = Result(
        columns=_columns(found.past), table=_table(question, found.past, found.forecast), watermark=past.watermark,
        sql=past.sql, sentence=sentence,
    )  # fmt: skip
    return PageAnswer(chart=chart, result=rows)


def cell_of_forecast(question: ForecastQuestion, name: str) -> ForecastCell:
    """The cell that asks what the page asks, but for the split: a cell shows the whole."""
    return ForecastCell(
        name=name, metric=question.metric, grain=question.grain, ahead=question.horizon, where=question.where or None
    )


def _columns(past: Past) -> tuple[Column, ...]:
    unit, decimals = past.metric.unit, past.metric.decimals
    values = (("value", past.metric.label), ("expected", "Expected"), ("low", "Low"), ("high", "High"))
    return (
        Column(name="period", label="Period", type=ColumnType.DATE),
        *(
            Column(name=name, label=label, type=ColumnType.NUMBER, unit=unit, decimals=decimals, is_metric=True)
            for name, label in values
        ),
    )


def _table(question: ForecastQuestion, past: Past, forecast: Forecast) -> pa.Table:
    rows: list[dict[str, object]] = [
        {"period": day, "value": past.whole[day]} for day in shown_past(past, question.horizon)
    ]
    rows += [
        {"period": moment_of(point.time), "expected": point.mean, "low": point.lo, "high": point.hi}
        for point in forecast.points
    ]
    numbers = [(name, pa.float64()) for name in ("value", "expected", "low", "high")]
    return pa.Table.from_pylist(rows, schema=pa.schema([("period", pa.date32()), *numbers]))
