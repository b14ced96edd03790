"""The views of the page Lifecycle as a cell of a notebook: the chart with its rows."""

from typing import assert_never

import pyarrow as pa

from core.result import Column, ColumnType, Result
from metrics.behaviour.lifecycle import Standing
from notebooks import PageAnswer, PageQuestion
from services.behaviour.drawing import draw_lifecycle, draw_segments, draw_stickiness
from services.behaviour.lifecycle import LifecycleAnswer, answer_lifecycle
from services.behaviour.lifecycle_questions import View, parse_lifecycle
from services.platform import Platform
from tenants.access import Principal

_STANDINGS = (Standing.NEW, Standing.RETURNING, Standing.RESURRECTED, Standing.DORMANT)
_TYPES = {
    ColumnType.DATE: pa.date32(), ColumnType.INTEGER: pa.int64(), ColumnType.TEXT: pa.string(),
    ColumnType.NUMBER: pa.float64(), ColumnType.BOOLEAN: pa.bool_(),
}  # fmt: skip


def answer_lifecycle_cell(platform: Platform, principal: Principal, question: PageQuestion) -> PageAnswer:
    """What a cell comes to, under the rights of who asks. Raises UserError."""
    found = answer_lifecycle(platform, principal, parse_lifecycle(question.choices))
    view, who, unit = found.question.view, found.entity_label, found.question.unit
    match view:
        case View.LIFECYCLE:
            title = question.title or f"{who} by {unit}: new, returning, resurrected and dormant"
            chart = draw_lifecycle(found.periods, unit, title)
        case View.STICKINESS:
            title = question.title or f"In how many {unit}s {who.lower()} come"
            chart = draw_stickiness(found.bars, unit, title)
        case View.RFM:
            title = question.title or f"{who} by recency and frequency"
            chart = draw_segments(found.segments, title)
        case _:
            assert_never(view)
    columns, rows = _rows(found, principal.tenant.currency)
    types = {column.name: _TYPES[column.type] for column in columns}
    if found.events.amounts is not None and view is View.RFM:
        types["value"] = pa.decimal128(38, found.events.amounts.scale)
    schema = pa.schema(list(types.items()))
    table = pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)
    sentence = f"{title}, by {found.question.event}."
    result = Result(columns=columns, table=table, watermark=found.watermark, sql=found.sql, sentence=sentence)
    return PageAnswer(chart=chart, result=result)


def _rows(found: LifecycleAnswer, currency: str) -> tuple[tuple[Column, ...], list[tuple[object, ...]]]:
    view = found.question.view
    if view is View.LIFECYCLE:
        columns = (
            Column(name="period", label="Period", type=ColumnType.DATE),
            *(_number(standing, standing.capitalize()) for standing in _STANDINGS),
            Column(name="is_complete", label="Complete", type=ColumnType.BOOLEAN),
        )
        return columns, [
            (one.counts.begins, *map(one.counts.count, _STANDINGS), one.is_complete) for one in found.periods
        ]
    if view is View.STICKINESS:
        columns = (
            Column(name="periods", label=f"{found.question.unit.capitalize()}s", type=ColumnType.INTEGER),
            _number("count", found.entity_label), _number("at_least", "At least so many"),
        )  # fmt: skip
        return columns, [(bar.periods, bar.count, bar.at_least) for bar in found.bars]
    columns = (
        Column(name="segment", label="Segment", type=ColumnType.TEXT), _number("count", found.entity_label),
        Column(name="days", label="Days since the last (median)", type=ColumnType.NUMBER, is_metric=True),
        Column(name="events", label="Events (median)", type=ColumnType.NUMBER, is_metric=True),
        Column(name="value", label="Value", type=ColumnType.NUMBER, unit=currency, is_metric=True),
    )  # fmt: skip
    return columns, [(one.segment.capitalize(), one.count, one.days, one.events, one.value) for one in found.segments]


def _number(name: str, label: str) -> Column:
    return Column(name=name, label=label, type=ColumnType.INTEGER, is_metric=True)
