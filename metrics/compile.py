"""Compiles a question: resolve its names, lower the plan to a tree, run the passes over the tree, print it."""

import datetime as dt
from collections.abc import Callable

from sqlglot import exp

from core.result import Column, ColumnType
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompileContext, CompiledQuery, Lineage
from metrics.guard import DIALECT
from metrics.lowering import lower
from metrics.ordering import limit_rows, sort_rows
from metrics.plan import Plan, build_plan
from metrics.query import Grain, MetricQuery
from metrics.sentence import write_sentence
from metrics.spec import OTHER, PERIOD, TOTAL

Pass = Callable[[exp.Select, Plan], exp.Select]


PASSES: tuple[Pass, ...] = (sort_rows, limit_rows)


def compile_query(catalog: Catalog, query: MetricQuery, context: CompileContext | None = None) -> CompiledQuery:
    """The question as SQL with its values, columns, lineage and a sentence.

    Raises InvalidError for what is unknown or contradicts itself, RefusedError for what would give a wrong answer.
    """
    plan = build_plan(catalog, query, context or CompileContext())
    binder = Binder()
    tree = lower(plan, binder)
    for step in PASSES:
        tree = step(tree, plan)
    return CompiledQuery(
        # The tree is new and nobody else's, so it need not be copied to be printed.
        sql=tree.sql(dialect=DIALECT, copy=False),
        parameters=binder.values,
        columns=_columns(plan),
        sentence=write_sentence(plan),
        lineage=_lineage(plan),
        tree=tree,
        running=_running(plan),
    )


def _running(plan: Plan) -> dt.date | None:
    grain, today = plan.query.grain, plan.context.today
    return plan.context.calendar.first_day(today, grain) if grain and grain is not Grain.HOUR and today else None


def _columns(plan: Plan) -> tuple[Column, ...]:
    grain = plan.query.grain
    columns = []
    if grain is not None:
        type_ = ColumnType.DATETIME if grain is Grain.HOUR else ColumnType.DATE
        columns.append(Column(name=PERIOD, label=grain.replace("_", " ").capitalize(), type=type_))
    for asked, dimension in zip(plan.query.by, plan.parts[0].by, strict=True):
        columns.append(Column(name=asked, label=dimension.label, type=dimension.type))
    if plan.query.top:
        columns.append(Column(name=OTHER, label="Other members", type=ColumnType.BOOLEAN))
    if plan.query.has_totals:
        columns.append(Column(name=TOTAL, label="Level of total", type=ColumnType.INTEGER))
    columns += [output.column for output in plan.outputs]
    return tuple(columns)


def _lineage(plan: Plan) -> tuple[Lineage, ...]:
    lines: dict[Lineage, None] = {}
    for metric in plan.metrics:
        for model in plan.catalog.models_of([metric.name]):
            lines[Lineage(metric=metric.name, model=model.name, table=model.table, sql=model.sql)] = None
    return tuple(lines)
