"""Paths, attribution and experiments as cells of a notebook: the chart with its rows."""

from collections import defaultdict
from collections.abc import Sequence

import pyarrow as pa

from charts import Chart, ChartKind, Role, Series
from core.result import Column, ColumnType, Result
from metrics.behaviour.attribution import ChannelCredit, Model
from metrics.behaviour.experiments import Measure
from metrics.behaviour.paths import Side
from notebooks import PageAnswer, PageQuestion
from services.behaviour.attribution import MODEL_LABELS, AttributionAnswer, answer_attribution, parse_attribution
from services.behaviour.experiments import answer_experiment, parse_experiment
from services.behaviour.paths import PathAnswer, answer_paths, parse_paths
from services.platform import Platform
from tenants.access import Principal

_MOST_CHANNELS = 30


def answer_paths_cell(platform: Platform, principal: Principal, question: PageQuestion) -> PageAnswer:
    """Where entities go, step by step, under the rights of who asks. Raises UserError."""
    found = answer_paths(platform, principal, parse_paths(question.choices))
    title = question.title or f"Paths {found.question.side} {found.question.anchor}"
    columns = (
        Column(name="step", label="Step", type=ColumnType.INTEGER),
        Column(name="source", label="Event", type=ColumnType.TEXT),
        Column(name="target", label="Next event", type=ColumnType.TEXT),
        Column(name="count", label=found.entity_label, type=ColumnType.INTEGER, is_metric=True),
    )
    rows = [(flow.step, flow.source, flow.target, flow.count) for flow in found.flows]
    types = (pa.int64(), pa.string(), pa.string(), pa.int64())
    result = Result(
        columns=columns, table=_table(columns, types, rows), watermark=found.watermark, sql=found.sql,
        sentence=f"{title}, of {found.followed:,} {found.entity_label.lower()}.",
    )  # fmt: skip
    return PageAnswer(chart=_draw_paths(found, title), result=result)


def answer_attribution_cell(platform: Platform, principal: Principal, question: PageQuestion) -> PageAnswer:
    """The credit of each channel, under the rights of who asks. Raises UserError."""
    found = answer_attribution(platform, principal, parse_attribution(question.choices))
    asked = found.question
    by = found.touches.dimensions.get(asked.by, asked.by)
    title = question.title or f"Conversions by {by.lower()}, {MODEL_LABELS[asked.model].lower()}"
    currency = principal.tenant.currency
    given = found.credits.get(asked.model, ())
    columns = (
        Column(name="channel", label=by, type=ColumnType.TEXT),
        Column(name="conversions", label="Conversions", type=ColumnType.NUMBER, decimals=1, is_metric=True),
        Column(name="value", label="Value", type=ColumnType.NUMBER, unit=currency, is_metric=True),
        Column(name="cost", label="Cost", type=ColumnType.NUMBER, unit=currency, is_metric=True),
    )
    rows = [(one.channel, one.conversions, _float(one.value), _float(one.cost)) for one in given]
    types = (pa.string(), pa.float64(), pa.float64(), pa.float64())
    result = Result(
        columns=columns, table=_table(columns, types, rows), watermark=found.watermark, sql=found.sql,
        sentence=f"{title}: {len(found.journeys):,} conversions by {asked.converts}.",
    )  # fmt: skip
    return PageAnswer(chart=draw_credit(found, given, title), result=result)


def answer_experiment_cell(platform: Platform, principal: Principal, question: PageQuestion) -> PageAnswer:
    """The variants against the control, under the rights of who asks. Raises UserError."""
    found = answer_experiment(platform, principal, parse_experiment(question.choices))
    asked, who = found.question, found.choices.entities[found.question.entity]
    unit = "ratio" if asked.measure is Measure.SHARE else None
    title = question.title or f"{asked.goal} within {asked.window}, by {asked.by}"
    columns = (
        Column(name="variant", label="Variant", type=ColumnType.TEXT),
        Column(name="count", label=who, type=ColumnType.INTEGER, is_metric=True),
        Column(name="mean", label="Mean", type=ColumnType.NUMBER, unit=unit, is_metric=True),
        Column(name="difference", label="Difference", type=ColumnType.NUMBER, unit=unit, is_metric=True),
        Column(name="p_value", label="p", type=ColumnType.NUMBER, is_metric=True),
    )
    rows = [
        (
            one.label, one.sample.count, one.sample.mean,
            None if one.comparison is None else one.comparison.difference, one.p_value,
        )
        for one in found.variants
    ]  # fmt: skip
    types = (pa.string(), pa.int64(), pa.float64(), pa.float64(), pa.float64())
    result = Result(
        columns=columns, table=_table(columns, types, rows), watermark=found.watermark, sql=found.read.sql,
        sentence=f"{title}; against {asked.control}.",
    )  # fmt: skip
    means = Series(
        name="Mean", x=tuple(one.label for one in found.variants), y=tuple(one.sample.mean for one in found.variants)
    )
    told = ", ".join(f"{one.label} {one.sample.mean:.4g}" for one in found.variants)
    chart = Chart(
        kind=ChartKind.BAR, title=title, description=f"{title}: {told}.", series=(means,), x_label="Variant", unit=unit
    )
    return PageAnswer(chart=chart, result=result)


def draw_credit(found: AttributionAnswer, given: tuple[ChannelCredit, ...], title: str) -> Chart:
    """The conversions each channel earns, beside what the last touch alone would get."""
    shown, model = given[:_MOST_CHANNELS], found.question.model
    last = {one.channel: one.conversions for one in found.credits[Model.LAST]}
    x = tuple(one.channel for one in shown)
    series = [Series(name=MODEL_LABELS[model], x=x, y=tuple(one.conversions for one in shown))]
    if model is not Model.LAST:
        y = tuple(last.get(channel) for channel in x)
        series.append(Series(name=MODEL_LABELS[Model.LAST], x=x, y=y, role=Role.CONTEXT))
    told = ", ".join(f"{one.channel} {one.conversions:,.1f}" for one in shown[:5])
    by = found.touches.dimensions.get(found.question.by, found.question.by)
    return Chart(kind=ChartKind.BAR, title=title, description=f"{title}: {told}.", series=tuple(series), x_label=by)


def _draw_paths(found: PathAnswer, title: str) -> Chart:
    """A flow for each step; the same event at two steps is two places."""
    flows: dict[str, dict[str, int]] = defaultdict(dict)
    for flow in found.flows:
        ends = [f"{flow.step}. {flow.source}", f"{flow.step + 1}. {flow.target}"]
        source, target = ends if found.question.side is Side.AFTER else reversed(ends)
        flows[source][target] = flow.count
    first = [flow for flow in found.flows if flow.step == 0]
    told = ", ".join(f"{flow.target} {flow.count:,}" for flow in first[:5])
    return Chart(
        kind=ChartKind.SANKEY,
        title=title,
        description=f"{title}, {found.followed:,} in all; first: {told}.",
        series=tuple(Series(name=name, x=tuple(goes), y=tuple(goes.values())) for name, goes in flows.items()),
        unit=found.entity_label.lower(),
    )


def _table(columns: Sequence[Column], types: Sequence[pa.DataType], rows: Sequence[Sequence[object]]) -> pa.Table:
    schema = pa.schema([(column.name, type_) for column, type_ in zip(columns, types, strict=True)])
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
