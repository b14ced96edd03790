"""A rollup as a tree, and the totals by which it is checked: those of the rows themselves, reached by no join."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from metrics.aggregation import recount
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompileContext
from metrics.conditions import conjunction
from metrics.lowering import name, named, sources
from metrics.reach import Dimension
from metrics.rollup.serve import rolled_measure, stored_table
from metrics.rollup.spec import DAY, ROWS, Rollup, StoredRollup, dimension_column, measure_column
from metrics.spec import Measure, Model
from metrics.timeline import bound, day_after, local_day, require_temporal


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupTrees:
    """`rows` are what the rollup holds, `totals` what the aggregates of all rows of the model come to."""

    rows: exp.Select
    totals: exp.Select
    parameters: tuple[object, ...]


def compile_rollup(catalog: Catalog, rollup: Rollup, context: CompileContext) -> RollupTrees:
    """The SELECTs of a rollup and of its check."""
    model, reach = catalog.models[rollup.model], catalog.reaches[rollup.model]
    time = None if rollup.time is None else reach.require(f"{model.name}.{rollup.time}")
    dimensions = [reach.require(qualified) for qualified in rollup.dimensions]
    binder, zoned = Binder(), replace(context, zone=rollup.zone)
    keys = [named(local_day(time, rollup.zone), DAY)] if time is not None and rollup.is_daily else []
    keys += [named(dimension.tree(), dimension_column(dimension)) for dimension in dimensions]

    def select(split: Sequence[exp.Expr], joined: Sequence[Dimension]) -> exp.Select:
        clauses = sources(model, joined, catalog)
        condition = conjunction(_range(rollup, time, zoned, binder))
        if condition is not None:
            clauses["where"] = exp.Where(this=condition)
        if split:
            clauses["group"] = exp.Group(expressions=[exp.Literal.number(at + 1) for at in range(len(split))])
        return exp.Select(expressions=[*split, *_values(model, rollup)], **clauses)

    return RollupTrees(rows=select(keys, dimensions), totals=select((), ()), parameters=binder.values)


def compile_totals(catalog: Catalog, stored: StoredRollup) -> exp.Select:
    """What the aggregates of a stored rollup come to; the same as `totals`, or it holds something else."""
    measures = catalog.models[stored.rollup.model].measures
    values = [named(recount(exp.Sum(this=exp.Column(this=name(ROWS)))), ROWS)]
    for measure in stored.rollup.measures:
        rolled = rolled_measure(measures[measure])
        tree = rolled.aggregation.tree(exp.Column(this=name(measure_column(measure))))
        values.append(named(recount(tree) if rolled.is_recount else tree, measure_column(measure)))
    return exp.Select(expressions=values, from_=exp.From(this=stored_table(stored.table)))


def _values(model: Model, rollup: Rollup) -> list[exp.Expr]:
    values = [named(exp.Count(this=exp.Star()), ROWS)]
    values += [named(_aggregate(model, model.measures[one]), measure_column(one)) for one in rollup.measures]
    return values


def _aggregate(model: Model, measure: Measure) -> exp.Expr:
    tree = measure.aggregation.tree(measure.scalar.on(model.name) if measure.scalar else None)
    if measure.where is None:
        return tree
    return exp.Filter(this=tree, expression=exp.Where(this=measure.where.on(model.name)))


def _range(rollup: Rollup, time: Dimension | None, context: CompileContext, binder: Binder) -> list[exp.Expr]:
    """The days that are counted, on the raw column."""
    if time is None:
        return []
    temporal = require_temporal(time)
    conditions: list[exp.Expr] = []
    if rollup.start is not None:
        value = binder.bind(bound(rollup.start, temporal, context))
        conditions.append(exp.GTE(this=time.operand(), expression=value))
    if rollup.end is not None:
        value = binder.bind(bound(day_after(rollup.end), temporal, context))
        conditions.append(exp.LT(this=time.operand(), expression=value))
    return conditions
