"""The answer to a question: its rows, its headline, a chart, and where the numbers come from."""

from dataclasses import dataclass, replace

from charts import Chart, ChartKind
from core.result import Result
from metrics import Dimension, Grain, Lineage, Metric, MetricQuery, compile_once
from notebooks import MetricCell
from services.definitions import require_catalog
from services.explore.drawing import draw_result
from services.explore.kinds import suggest_kinds
from services.explore.question import MAX_ROWS, Question
from services.notebooks import home_notebook
from services.permitted import permitted
from services.platform import Platform
from services.query import ask, run_compiled, say_as_of
from services.rollups import find_rollups
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """An answer. `result` has at most `MAX_ROWS` rows, `has_more` says that there were more. `whole` is the first
    metric over everything asked for, with its comparison. `kinds` are the charts that fit, the suggested one first."""

    question: Question
    query: MetricQuery
    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...]
    result: Result
    whole: Result
    lineage: tuple[Lineage, ...]
    kinds: tuple[ChartKind, ...]
    chart: Chart | None
    has_more: bool


@permitted(Permission.METRIC_QUERY)
def answer_question(platform: Platform, principal: Principal, question: Question) -> Exploration:
    """The answer to a question of a page. Raises UserError where it has none."""
    catalog = require_catalog(platform, principal)
    query = question.to_query(catalog)
    moment = question.moment(principal.tenant.zone)
    as_of = question.as_of or None
    context = replace(compile_context(platform, principal, as_of=moment), max_rows=MAX_ROWS + 1)
    rollups = find_rollups(platform, principal, catalog) if moment is None else ()
    compiled = compile_once(catalog, query, context, rollups=rollups)
    result = say_as_of(run_compiled(platform, principal, compiled, as_of=moment), as_of)
    has_more = int(result.table.num_rows) > MAX_ROWS
    result = replace(result, table=result.table.slice(0, MAX_ROWS))
    is_additive = all(catalog.quantity(name).is_additive for name in question.metrics)
    kinds = suggest_kinds(question, result, is_additive=is_additive)
    wanted = next((kind for kind in kinds if kind == question.chart), kinds[0] if kinds else None)
    chart = draw_result(question, result, wanted) if wanted and question.chart != "table" else None
    return Exploration(
        question=question,
        query=query,
        metrics=tuple(catalog.metric(name) for name in question.metrics),
        dimensions=catalog.dimensions_of(question.metrics),
        result=result,
        whole=ask(platform, principal, _whole(query), as_of=as_of),
        lineage=compiled.lineage,
        kinds=kinds,
        chart=chart,
        has_more=has_more,
    )


def first_question(platform: Platform, principal: Principal) -> Question:
    """What the page opens on: the first figure of Home over the last year; nothing where there are no metrics."""
    notebook = home_notebook(platform, principal)
    cells = [cell for cell in notebook.cells if isinstance(cell, MetricCell)] if notebook else []
    if not cells:
        return Question()
    return Question(metrics=(cells[0].metric,), grain=Grain.MONTH, range="last 12 months", compare=("prior_year",))


def _whole(query: MetricQuery) -> MetricQuery:
    return replace(
        query, metrics=query.metrics[:1], by=(), grain=None, compare=query.compare[:1], top=None,
        has_totals=False, is_filled=False,
    )  # fmt: skip
