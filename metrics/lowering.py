"""A plan as a tree: one SELECT for a question of one part, otherwise the parts merged on what they share.

Parts are merged by UNION ALL and a second GROUP BY: each row of a part has its own aggregates and null for those of
the others, and the maximum over at most one value is that value. It is a full outer join in which null keys meet, any
number of parts cost one pass, and every engine has it (PostgreSQL has no full join on IS NOT DISTINCT FROM).
A count that a part has no rows for is 0, as it would be in one SELECT; every other aggregate is null.
"""

from collections.abc import Callable, Iterable, Sequence

from sqlglot import exp

from metrics.binding import Binder
from metrics.catalog import Catalog, Formula, Leaf
from metrics.conditions import Lowering, conjunction
from metrics.plan import Part, Plan
from metrics.reach import Dimension, path_alias
from metrics.recipe import Level
from metrics.spec import PERIOD, Join, Model
from metrics.timeline import bound, day_after, period, require_temporal

Lower = Callable[[Leaf, Level], exp.Expr]

_MERGED = "merged"


def lower(plan: Plan, binder: Binder) -> exp.Select:
    """The SELECT of a plan, in no order and without a limit: period, dimensions, metrics."""
    if len(plan.parts) == 1:
        part = plan.parts[0]
        keys = _keys(plan, part)
        values = _values(plan, lambda leaf, level: _at(level, _aggregate(part.model, leaf), keys, plan))
        return _select([*keys, *values], _from(plan, part, binder), len(keys))
    return _merge(plan, binder)


def name(text: str) -> exp.Identifier:
    """A quoted identifier."""
    return exp.Identifier(this=text, quoted=True)


def named(tree: exp.Expr, alias: str) -> exp.Expr:
    """A column of a SELECT."""
    return exp.Alias(this=tree, alias=name(alias))


def sources(model: Model, dimensions: Iterable[Dimension], catalog: Catalog) -> dict[str, object]:
    """FROM the model, LEFT JOIN the models these dimensions are in and those on the way there, and no others."""
    paths: dict[tuple[Join, ...], None] = {}
    for dimension in dimensions:
        for length in range(1, len(dimension.path) + 1):
            paths[dimension.path[:length]] = None
    joins = [_join(path, model, catalog) for path in sorted(paths, key=len)]
    return {"from_": exp.From(this=_source(model, model.name)), "joins": joins}


def _merge(plan: Plan, binder: Binder) -> exp.Select:
    leaves = [leaf for part in plan.parts for leaf in part.leaves]
    columns = {leaf: f"{leaf.model}.{leaf.measure}" for leaf in leaves}
    if len(set(columns.values())) < len(columns):
        columns = {leaf: f"{column} by {leaf.time}" for leaf, column in columns.items()}
    selects = [_part_select(plan, part, leaves, columns, binder) for part in plan.parts]
    union: exp.Query = selects[0]
    for select in selects[1:]:
        union = exp.Union(this=union, expression=select, distinct=False)
    keys: list[exp.Expr] = [exp.Column(this=name(column)) for column in plan.key_columns]
    values = _values(plan, lambda leaf, level: _at(level, _merged_leaf(plan, leaf, columns[leaf]), keys, plan))
    source = exp.Subquery(this=union, alias=exp.TableAlias(this=name(_MERGED)))
    return _select([*keys, *values], {"from_": exp.From(this=source)}, len(keys))


def _part_select(
    plan: Plan, part: Part, leaves: Sequence[Leaf], columns: dict[Leaf, str], binder: Binder
) -> exp.Select:
    keys = _keys(plan, part)
    own = set(part.leaves)
    values = [named(_aggregate(part.model, leaf) if leaf in own else exp.Null(), columns[leaf]) for leaf in leaves]
    return _select([*keys, *values], _from(plan, part, binder), len(keys))


def _merged_leaf(plan: Plan, leaf: Leaf, column: str) -> exp.Expr:
    value: exp.Expr = exp.Max(this=exp.Column(this=name(column)))
    if plan.catalog.models[leaf.model].measures[leaf.measure].aggregation.is_count:
        value = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
    return value


def _keys(plan: Plan, part: Part) -> list[exp.Expr]:
    keys = []
    if plan.query.grain is not None and part.time is not None:
        keys.append(named(period(part.time, plan.query.grain, plan.context), PERIOD))
    for asked, dimension in zip(plan.query.by, part.by, strict=True):
        keys.append(named(dimension.tree(), asked))
    return keys


def _values(plan: Plan, leaf: Lower) -> list[exp.Expr]:
    formulas = plan.catalog.formulas
    return [named(_formula(formulas[metric.name], leaf, Level.GROUP), metric.name) for metric in plan.metrics]


def _formula(formula: Formula, leaf: Lower, outer: Level) -> exp.Expr:
    def trees(inner: Level) -> list[exp.Expr]:
        level = outer if inner is Level.GROUP else inner
        return [leaf(part, level) if isinstance(part, Leaf) else _formula(part, leaf, level) for part in formula.inputs]

    return formula.recipe.lower(trees)


def _at(level: Level, tree: exp.Expr, keys: Sequence[exp.Expr], plan: Plan) -> exp.Expr:
    """The aggregate itself, or the sum of it over all rows of the result that share the period."""
    if level is Level.GROUP:
        return tree
    periods = [key.this.copy() if isinstance(key, exp.Alias) else key.copy() for key in keys[:1] if plan.query.grain]
    return exp.Window(this=exp.Sum(this=tree), partition_by=periods)


def _aggregate(model: Model, leaf: Leaf) -> exp.Expr:
    measure = model.measures[leaf.measure]
    scalar = measure.scalar.on(model.name) if measure.scalar else None
    tree = measure.aggregation.tree(scalar, measure.fraction)
    if measure.where is None:
        return tree
    return exp.Filter(this=tree, expression=exp.Where(this=measure.where.on(model.name)))


def _from(plan: Plan, part: Part, binder: Binder) -> dict[str, object]:
    clauses = sources(part.model, part.dimensions.values(), plan.catalog)
    conditions = _range(plan, part, binder)
    if plan.filter is not None:
        conditions += Lowering(part.dimensions.__getitem__, binder, plan.context).lower_all(plan.filter)
    condition = conjunction(conditions)
    if condition is not None:
        clauses["where"] = exp.Where(this=condition)
    return clauses


def _range(plan: Plan, part: Part, binder: Binder) -> list[exp.Expr]:
    """The range on the raw column, half open, so that the engine can skip what lies outside it."""
    if part.time is None:
        return []
    query = plan.query
    conditions: list[exp.Expr] = []
    if query.start is not None:
        value = binder.bind(bound(query.start, require_temporal(part.time), plan.context))
        conditions.append(exp.GTE(this=part.time.operand(), expression=value))
    if query.end is not None:
        value = binder.bind(bound(day_after(query.end), require_temporal(part.time), plan.context))
        conditions.append(exp.LT(this=part.time.operand(), expression=value))
    return conditions


def _select(columns: Sequence[exp.Expr], clauses: dict[str, object], keys: int) -> exp.Select:
    if keys:
        positions = [exp.Literal.number(position) for position in range(1, keys + 1)]
        clauses["group"] = exp.Group(expressions=positions)
    return exp.Select(expressions=list(columns), **clauses)


def _source(model: Model, alias: str) -> exp.Expr:
    if model.query is not None:
        return exp.Subquery(this=model.query.copy(), alias=exp.TableAlias(this=name(alias)))
    return exp.Table(this=name(model.table or ""), alias=exp.TableAlias(this=name(alias)))


def _join(path: tuple[Join, ...], base: Model, catalog: Catalog) -> exp.Join:
    join, ours, theirs = path[-1], path_alias(path[:-1]) or base.name, path_alias(path)
    pairs: list[exp.Expr] = [
        exp.EQ(
            this=exp.Column(this=name(our), table=name(ours)),
            expression=exp.Column(this=name(their), table=name(theirs)),
        )
        for our, their in join.on
    ]
    return exp.Join(this=_source(catalog.models[join.to], theirs), side="LEFT", on=conjunction(pairs))
