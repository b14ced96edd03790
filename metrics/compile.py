"""Compiles a question: resolve its names, lower the plan to a tree, run the passes over the tree, print it."""

import datetime as dt
from collections.abc import Callable, Sequence

from sqlglot import exp

from core.result import Column, ColumnType
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompileContext, CompiledQuery, Lineage, RolledQuery
from metrics.guard import DIALECT
from metrics.lowering import lower
from metrics.ordering import limit_rows, sort_rows
from metrics.plan import Plan, build_plan
from metrics.query import Grain, MetricQuery
from metrics.rollup import StoredRollup, serve_plan
from metrics.sentence import write_sentence
from metrics.spec import OTHER, PERIOD, TOTAL

Pass = Callable[[exp.Select, Plan], exp.Select]


PASSES: tuple[Pass, ...] = (sort_rows, limit_rows)


def compile_query(
    catalog: Catalog,
    query: MetricQuery,
    context: CompileContext | None = None,
    *,
    rollups: Sequence[StoredRollup] = (),
) -> CompiledQuery:
    """The question as SQL with its values, columns, lineage and a sentence; over `rollups` too where they cover it.

    Raises InvalidError for what is unknown or contradicts itself, RefusedError for what would give a wrong answer.
    """
    plan = build_plan(catalog, query, context or CompileContext())
    tree, binder = _tree(plan)
    return CompiledQuery(
        # The tree is new and nobody else's, so it need not be copied to be printed.
        sql=tree.sql(dialect=DIALECT, copy=False),
        parameters=binder.values,
        columns=_columns(plan),
        sentence=write_sentence(plan),
        lineage=_lineage(plan),
        tree=tree,
        running=_running(plan),
        rolled=_rolled(plan, rollups) if rollups else None,
    )


def _tree(plan: Plan) -> tuple[exp.Select, Binder]:
    binder = Binder()
    tree = lower(plan, binder)
    for step in PASSES:
        tree = step(tree, plan)
    return tree, binder


def _rolled(plan: Plan, rollups: Sequence[StoredRollup]) -> RolledQuery | None:
    served = serve_plan(plan, rollups)
    if served is None:
        return None
    tree, binder = _tree(served[0])
    return RolledQuery(sql=tree.sql(dialect=DIALECT, copy=False), parameters=binder.values, tables=served[1])


def _running(plan: Plan) -> dt.date | None:
    grain, today = plan.query.grain, plan.context.today
    if not grain or grain is Grain.HOUR or not today or not plan.context.calendar.knows(today, grain):
        return None
    return plan.context.calendar.first_day(today, grain)


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
