"""Compiles a question: resolve its names, lower the plan to a tree, run the passes over the tree, print it."""

from collections.abc import Callable

from sqlglot import exp

from core.result import Column, ColumnType
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompileContext, CompiledQuery, Lineage
from metrics.guard import DIALECT
from metrics.lowering import lower, name
from metrics.plan import Plan, build_plan
from metrics.query import MetricQuery
from metrics.sentence import write_sentence
from metrics.spec import PERIOD

Pass = Callable[[exp.Select, Plan], exp.Select]


def sort_rows(tree: exp.Select, plan: Plan) -> exp.Select:
    """Orders by result columns, nulls last in both directions."""
    ordered = [
        exp.Ordered(this=exp.Column(this=name(sort.column)), desc=sort.is_descending or None, nulls_first=False)
        for sort in plan.order
    ]
    if ordered:
        tree.set("order", exp.Order(expressions=ordered))
    return tree


def limit_rows(tree: exp.Select, plan: Plan) -> exp.Select:
    """Cuts the rows at the smaller of the question's and the caller's limit."""
    if plan.limit is not None:
        tree.set("limit", exp.Limit(expression=exp.Literal.number(plan.limit)))
    return tree


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
    )


def _columns(plan: Plan) -> tuple[Column, ...]:
    grain = plan.query.grain
    columns = [Column(name=PERIOD, label=grain.capitalize(), type=ColumnType.DATE)] if grain else []
    for asked, dimension in zip(plan.query.by, plan.parts[0].by, strict=True):
        columns.append(Column(name=asked, label=dimension.label, type=dimension.type))
    columns += [
        Column(
            name=metric.name,
            label=metric.label,
            type=metric.type,
            unit=metric.unit,
            decimals=metric.decimals,
            is_metric=True,
        )
        for metric in plan.metrics
    ]
    return tuple(columns)


def _lineage(plan: Plan) -> tuple[Lineage, ...]:
    lines: dict[Lineage, None] = {}
    for metric in plan.metrics:
        for model in plan.catalog.models_of([metric.name]):
            lines[Lineage(metric=metric.name, model=model.name, table=model.table, sql=model.sql)] = None
    return tuple(lines)
