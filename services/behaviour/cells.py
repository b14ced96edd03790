"""Funnels and retention as cells of a notebook: what they come to, and how a page's question becomes one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import RefusedError
from core.result import Column, ColumnType, Result
from metrics.behaviour import Mode
from notebooks import AskedPage, BehaviourCell, Cell, FunnelCell, PageAnswer, PageQuestion, RetentionCell
from services.behaviour.drawing import draw_amounts, draw_conversions, draw_funnel, draw_retention, draw_split
from services.behaviour.funnel import answer_funnel
from services.behaviour.lifecycle_cell import answer_lifecycle_cell
from services.behaviour.page_cells import answer_attribution_cell, answer_experiment_cell, answer_paths_cell
from services.behaviour.questions import FunnelQuestion, RetentionQuestion, parse_funnel, parse_retention
from services.behaviour.retention import RetentionAnswer, answer_retention, overall_amounts, shown_amount
from services.platform import Platform
from tenants.access import Principal

_NO_DATES = "A cell goes on with the calendar, and dates do not; choose a range such as last 6 months."
_FUNNEL = (
    Column(name="step", label="Step", type=ColumnType.TEXT),
    Column(name="count", label="Reached", type=ColumnType.INTEGER, is_metric=True),
    Column(name="rate", label="Of the first", type=ColumnType.NUMBER, unit="ratio", is_metric=True),
    Column(name="step_rate", label="Of the step before", type=ColumnType.NUMBER, unit="ratio", is_metric=True),
)
_RETENTION = (
    Column(name="cohort", label="Cohort", type=ColumnType.DATE),
    Column(name="size", label="Started", type=ColumnType.INTEGER, is_metric=True),
    Column(name="period", label="Period", type=ColumnType.INTEGER),
    Column(name="count", label="Back", type=ColumnType.INTEGER, is_metric=True),
    Column(name="rate", label="Share", type=ColumnType.NUMBER, unit="ratio", is_metric=True),
    Column(name="is_complete", label="Complete", type=ColumnType.BOOLEAN),
)


def answer_cell(platform: Platform, principal: Principal, question: PageQuestion) -> PageAnswer:
    """What a cell comes to, under the rights of who asks. Raises UserError."""
    match question.page:
        case AskedPage.FUNNELS:
            return _funnel(platform, principal, question)
        case AskedPage.RETENTION:
            return _retention(platform, principal, question)
        case AskedPage.LIFECYCLE:
            return answer_lifecycle_cell(platform, principal, question)
        case AskedPage.PATHS:
            return answer_paths_cell(platform, principal, question)
        case AskedPage.ATTRIBUTION:
            return answer_attribution_cell(platform, principal, question)
        case AskedPage.EXPERIMENTS:
            return answer_experiment_cell(platform, principal, question)
        case AskedPage.FORECAST:
            # What forecasts are made with is loaded by those who ask for one.
            from services.foresight.cells import answer_forecast

            return answer_forecast(platform, principal, question)


def cell_of_page(page: AskedPage, params: Mapping[str, Sequence[str]], *, title: str = "") -> Cell:
    """The cell that asks what a page's address asks. Raises RefusedError for a range of dates."""
    if "from" in params or "to" in params:
        raise RefusedError(_NO_DATES)
    return BehaviourCell(name=page.value, page=page, question=urlencode(params, doseq=True), title=title)


def cell_of_funnel(question: FunnelQuestion, name: str) -> Cell:
    """The cell that asks what the page asks. Raises RefusedError for what does not go on with the calendar."""
    _require_range(question.first, question.last)
    plain = FunnelQuestion()
    is_counted_otherwise = (question.counted, question.entry, question.grace) != (
        plain.counted,
        plain.entry,
        plain.grace,
    )
    if question.limits or question.held or is_counted_otherwise or question.by:
        return cell_of_page(AskedPage.FUNNELS, question.to_params())
    return FunnelCell(
        name=name,
        steps=question.steps,
        events=question.model,
        entity=question.entity,
        window=question.window,
        order=question.order,
        exclude=question.excluded,
        exclusion=question.exclusion,
        range=question.range,
        where=question.where or None,
    )


def cell_of_retention(question: RetentionQuestion, name: str) -> Cell:
    """The cell that asks what the page asks. Raises RefusedError for what does not go on with the calendar."""
    _require_range(question.first, question.last)
    if question.brackets or question.is_rolling or question.is_recurring or question.by or question.is_valued:
        return cell_of_page(AskedPage.RETENTION, question.to_params())
    return RetentionCell(
        name=name,
        start=question.start,
        returns=question.returns,
        events=question.model,
        entity=question.entity,
        period=question.period,
        periods=question.periods,
        mode=question.mode,
        range=question.range,
        where=question.where or None,
    )


def _require_range(first: dt.date | None, last: dt.date | None) -> None:
    if first is not None or last is not None:
        raise RefusedError(_NO_DATES)


def _funnel(platform: Platform, principal: Principal, question: PageQuestion) -> PageAnswer:
    found = answer_funnel(platform, principal, parse_funnel(question.choices))
    steps = found.result.steps
    title = question.title or f"{steps[0].name} to {steps[-1].name}"
    table: pa.Table = found.result.table()
    columns: tuple[Column, ...] = _FUNNEL
    if found.result.segments:
        by = found.choices.dimensions.get(found.question.by, found.question.by)
        title = question.title or f"{title}, by {by.lower()}"
        columns = (Column(name="segment", label=by, type=ColumnType.TEXT), *columns)
        table = table.filter(pc.is_valid(table.column("segment")))
    else:
        table = table.drop_columns(["segment"])
    window = "with no limit" if found.spec.window is None else f"within {found.question.window}"
    asked = f"from {steps[0].name} to {steps[-1].name}, {window}, {found.question.order}"
    sentence = f"{found.counted_label} {asked}{found.rules}."
    result = Result(columns=columns, table=table, watermark=found.watermark, sql=found.sql, sentence=sentence)
    chart = draw_conversions(found.result, title) if found.result.segments else draw_funnel(found.result, title)
    return PageAnswer(chart=chart, result=result)


def _retention(platform: Platform, principal: Principal, question: PageQuestion) -> PageAnswer:
    found = answer_retention(platform, principal, parse_retention(question.choices))
    asked = found.question
    counted = "in that very period" if asked.mode is Mode.BOUNDED else str(asked.mode).replace("_", " ")
    sentence = f"{found.entity_label} that did {asked.start} and came back by {asked.returns}, {counted}."
    title = question.title or f"Share of {found.entity_label.lower()} back, by {asked.period}"
    if found.split is not None:
        by = Column(name="value", label=found.choices.dimensions.get(asked.by, asked.by), type=ColumnType.TEXT)
        result = Result(
            columns=(by, *_RETENTION[1:5]), table=found.split.table(), watermark=found.watermark, sql=found.sql,
            sentence=sentence,
        )  # fmt: skip
        return PageAnswer(chart=draw_split(found.split.rows, asked.period, title), result=result)
    if found.values:
        return _amounts(found, principal.tenant.currency, title, sentence)
    result = Result(
        columns=_RETENTION, table=found.result.table(), watermark=found.watermark, sql=found.sql, sentence=sentence
    )
    return PageAnswer(chart=draw_retention(found.result, found.overall, found.weakest, title), result=result)


def _amounts(found: RetentionAnswer, currency: str, title: str, sentence: str) -> PageAnswer:
    """The amounts of a retention table, with the curve of all cohorts."""
    rows = [
        {
            "cohort": one.begins, "size": one.size, "period": place, "is_complete": place < one.complete,
            "amount": None if (paid := shown_amount(found, one, place)) is None else float(paid),
        }
        for one in found.result.cohorts
        for place in range(found.spec.columns)
        if one.counts[place] is not None
    ]  # fmt: skip
    types = (pa.date32(), pa.int64(), pa.int64(), pa.float64(), pa.bool_())
    unit = "ratio" if found.question.shows.is_share else currency
    amount = Column(name="amount", label="Amount", type=ColumnType.NUMBER, unit=unit, is_metric=True)
    columns = (*_RETENTION[:3], amount, _RETENTION[5])
    schema = pa.schema([(column.name, type_) for column, type_ in zip(columns, types, strict=True)])
    result = Result(
        columns=columns, table=pa.Table.from_pylist(rows, schema=schema), watermark=found.watermark, sql=found.sql,
        sentence=f"{sentence} Amounts: {str(found.question.shows).replace('_', ' ')}.",
    )  # fmt: skip
    chart = draw_amounts(overall_amounts(found), found.question.period, unit, title)
    return PageAnswer(chart=chart, result=result)
