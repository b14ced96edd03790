"""The pipeline between two dates, for a page: its bridge, the same by member, and the deals of each step."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import RefusedError
from metrics import Catalog, Model
from metrics.bridge import Bridge, Window, build_bridge, compile_states, split_bridge
from metrics.query import Grain
from metrics.relative import find_range
from services.definitions import require_catalog
from services.permitted import permitted
from services.platform import Platform
from services.reading import read_rows
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineQuestion:
    """Which two days, and which deals: those expected to close in `range` (in words; all of them where it is empty)."""

    first: dt.date
    last: dt.date
    range: str = ""
    by: str | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineAnswer:
    """A bridge. `members` has one for each member of the dimension asked for; `window` are the days of the range."""

    model: Model
    question: PipelineQuestion
    window: Window
    bridge: Bridge
    members: Mapping[object, Bridge]
    dimensions: Mapping[str, str]
    sql: str
    sentence: str


def pipeline_model(catalog: Catalog) -> Model | None:
    """The model whose rows are the history of deals; the first by name where there are several."""
    return next((model for _, model in sorted(catalog.models.items()) if model.pipeline is not None), None)


@permitted(Permission.METRIC_QUERY)
def first_pipeline(platform: Platform, principal: Principal) -> PipelineQuestion:
    """What the page opens on: deals due this quarter, from the day before it began until today."""
    context = compile_context(platform, principal)
    today = context.today or principal.tenant.today(platform.clock)
    begin = context.calendar.first_day(today, Grain.QUARTER)
    return PipelineQuestion(first=begin - dt.timedelta(days=1), last=today, range="this quarter")


@permitted(Permission.METRIC_QUERY)
def answer_pipeline(platform: Platform, principal: Principal, question: PipelineQuestion) -> PipelineAnswer:
    """The bridge of a question. Raises UserError."""
    catalog = require_catalog(platform, principal)
    model = pipeline_model(catalog)
    if model is None or model.pipeline is None:
        raise RefusedError("No model has a `pipeline`: the columns of a history of deals (docs/metrics.md).")
    if question.first >= question.last:
        raise RefusedError(f"The bridge leads from {question.first} to {question.last}; choose a later second day.")
    context = compile_context(platform, principal)
    window = Window()
    if question.range:
        first, last = find_range(question.range, context.today, context.calendar)
        window = Window(first=first, last=last)
    compiled = compile_states(
        catalog, model, (question.first, question.last), by=question.by, where=question.where, context=context
    )
    table, _, sql = read_rows(
        platform, principal, compiled.tree, compiled.sql, compiled.parameters, subject="pipeline bridge"
    )
    rows = table.to_pylist()
    dimensions = {one.name: one.label for one in catalog.reaches[model.name].all() if not one.is_time}
    return PipelineAnswer(
        model=model,
        question=question,
        window=window,
        bridge=build_bridge(rows, model.pipeline, window),
        members=split_bridge(rows, model.pipeline, window) if question.by else {},
        dimensions=dimensions,
        sql=sql,
        sentence=compiled.sentence,
    )
