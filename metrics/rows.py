"""The rows behind a number: those of a metric's model that are counted for it, as they are in the store."""

from sqlglot import exp

from core.errors import InvalidError
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompileContext, CompiledQuery, Lineage
from metrics.conditions import conjunction
from metrics.guard import DIALECT, closed
from metrics.lowering import counted_rows, lower_conditions, name
from metrics.plan import Part, Plan, build_plan
from metrics.query import MetricQuery
from metrics.sentence import write_sentence


def compile_rows(
    catalog: Catalog, query: MetricQuery, context: CompileContext | None = None, *, limit: int = 1000
) -> CompiledQuery:
    """The rows that are counted for the one metric of a question without grain and split, at most `limit`.

    A metric of several models has rows of the first one. `columns` is empty: they are all columns of the model, which
    only the store knows. Raises InvalidError, RefusedError as the question itself would.
    """
    if len(query.metrics) != 1 or query.by or query.grain or query.compare or limit < 1:
        raise InvalidError("Rows are those of one metric, without a grain, a split or a comparison, and at least one.")
    plan = build_plan(catalog, query, context or CompileContext())
    part, binder = plan.parts[0], Binder()
    clauses = counted_rows(plan, part, binder)
    counted = _counted(plan, part, binder)
    if counted is not None:
        where = clauses.get("where")
        known = [where.this] if isinstance(where, exp.Where) else []
        clauses["where"] = exp.Where(this=conjunction([*map(closed, known), counted]))
    tree = exp.Select(
        expressions=[exp.Column(this=exp.Star(), table=name(part.model.name))],
        order=_order(part),
        limit=exp.Limit(expression=exp.Literal.number(limit)),
        **clauses,
    )
    return CompiledQuery(
        sql=tree.sql(dialect=DIALECT, copy=False),
        parameters=binder.values,
        columns=(),
        sentence=f"Rows of {part.model.label} behind: {write_sentence(plan)}",
        lineage=(Lineage(metric=query.metrics[0], model=part.model.name, table=part.model.table, sql=part.model.sql),),
        tree=tree,
    )


def _counted(plan: Plan, part: Part, binder: Binder) -> exp.Expr | None:
    """The condition that one of the aggregates of a part counts a row; None where one of them counts every row."""
    found: list[exp.Expr] = []
    for leaf in part.leaves:
        measure = part.model.measures[leaf.measure]
        conditions = lower_conditions(plan, part, leaf, binder)
        if measure.scalar is not None:
            is_null = exp.Is(this=measure.scalar.operand(part.model.name), expression=exp.Null())
            conditions.append(exp.Not(this=is_null))
        condition = conjunction([closed(one) for one in conditions])
        if condition is None:
            return None
        found.append(closed(condition))
    return exp.Paren(this=exp.or_(*found, copy=False)) if len(found) > 1 else found[0]


def _order(part: Part) -> exp.Order | None:
    trees = [part.time.tree()] if part.time is not None else []
    trees += [exp.Column(this=name(key), table=name(part.model.name)) for key in part.model.key]
    if not trees:
        return None
    return exp.Order(expressions=[exp.Ordered(this=tree, nulls_first=False) for tree in trees])
