"""A plan as a tree: one SELECT for a question of one part, otherwise the parts merged on what they share.

Parts are merged by UNION ALL and a second GROUP BY: each row of a part has its own aggregates and null for those of
the others, and the maximum over at most one value is that value. It is a full outer join in which null keys meet, any
number of parts cost one pass, and every engine has it (PostgreSQL has no full join on IS NOT DISTINCT FROM).
A count that a part has no rows for is 0, as it would be in one SELECT; every other aggregate is null.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

from sqlglot import exp

from core.result import ColumnType
from metrics.aggregation import recount
from metrics.binding import Binder
from metrics.catalog import Catalog, Formula
from metrics.conditions import Lowering, conjunction
from metrics.filter import Filter
from metrics.guard import closed, column_scalar
from metrics.leaf import Leaf
from metrics.ordering import limit_rows, sort_rows
from metrics.output import Output, difference_tree
from metrics.plan import Part, Plan
from metrics.reach import Dimension, path_alias
from metrics.recipe import Level, Trees
from metrics.spec import OTHER, PERIOD, TOTAL, DimensionDefinition, Join, Measure, Model, Temporal
from metrics.timeline import bound, day_after, period, require_temporal
from metrics.windows import SPINE, find_following, followed, in_window, lower_days, lower_spine, with_next

Lower = Callable[[Leaf, Level], exp.Expr]

_ANSWER, _MERGED, _RANKED, _TOP, _MEMBERS = "answer", "merged", "ranked", "top", "members"
_IS_TOP = "is_top"
OTHER_LABEL = "Other"


def lower(plan: Plan, binder: Binder) -> exp.Select:
    """The SELECT of a plan, in no order and without a limit: period, dimensions, metrics."""
    if len(plan.parts) == 1 and not plan.spans:
        part = plan.parts[0]
        keys = _keys(plan, part)
        values = _values(plan, lambda leaf: _aggregate(plan, part, leaf, binder), keys)
        tree = _select([*keys, *values], counted_rows(plan, part, binder), plan)
    else:
        tree = _merge(plan, binder)
    if plan.top is not None:
        tree.set("with_", exp.With(expressions=[_cte(_TOP, _top_members(plan.top, binder)), *_ctes(tree)]))
    return tree if plan.having is None else _having(tree, plan.having, plan, binder)


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
    joins = [join_clause(path, catalog, base=model.name) for path in sorted(paths, key=len)]
    return {"from_": exp.From(this=model_source(model, model.name)), "joins": joins}


def _merge(plan: Plan, binder: Binder) -> exp.Select:
    leaves = [leaf for part in plan.parts for leaf in part.leaves]
    columns = {leaf: f"{leaf.model}.{leaf.measure}" for leaf in leaves}
    if len(set(columns.values())) < len(columns):
        columns = {leaf: f"{column} {number}" for number, (leaf, column) in enumerate(columns.items(), start=1)}
    union = _union([_part_select(plan, part, leaves, columns, binder) for part in plan.parts])
    keys: list[exp.Expr] = [exp.Column(this=name(column)) for column in plan.key_columns]
    values = _values(plan, lambda leaf: _merged_leaf(plan, leaf, columns[leaf]), keys)
    ctes: list[exp.Expr] = []
    if plan.spans:
        ctes.append(_cte(_MERGED, union))
        everything = exp.Select(expressions=[exp.Star()], from_=exp.From(this=exp.Table(this=name(_MERGED))))
        union = _union([everything, _empty_rows(plan, len(leaves), binder)])
    source = exp.Subquery(this=union, alias=exp.TableAlias(this=name("parts")))
    clauses: dict[str, object] = {"from_": exp.From(this=source)}
    if keys:
        clauses["group"] = exp.Group(expressions=[exp.Literal.number(place) for place in range(1, len(keys) + 1)])
    if ctes:
        clauses["with_"] = exp.With(expressions=ctes)
    return exp.Select(expressions=[*keys, *values], **clauses)


def _union(selects: Sequence[exp.Query]) -> exp.Query:
    union = selects[0]
    for select in selects[1:]:
        union = exp.Union(this=union, expression=select, distinct=False)
    return union


def _empty_rows(plan: Plan, leaves: int, binder: Binder) -> exp.Select:
    """Every period with every member there is in any of them, without values."""
    members = [column for column in plan.key_columns if column != PERIOD]
    periods = exp.Select(expressions=[lower_days([period for period, _ in plan.spans], PERIOD, binder)])
    columns: list[exp.Expr] = [exp.Column(this=name(PERIOD), table=name(SPINE))] if plan.query.grain else []
    columns += [exp.Column(this=name(column), table=name(_MEMBERS)) for column in members]
    columns += [exp.Null() for _ in range(leaves)]
    select = exp.Select(
        expressions=columns,
        from_=exp.From(this=exp.Subquery(this=periods, alias=exp.TableAlias(this=name(SPINE)))),
    )
    if members:
        known = exp.Select(
            expressions=[exp.Column(this=name(column)) for column in members],
            from_=exp.From(this=exp.Table(this=name(_MERGED))),
            distinct=exp.Distinct(),
        )
        source = exp.Subquery(this=known, alias=exp.TableAlias(this=name(_MEMBERS)))
        select.set("joins", [exp.Join(this=source, kind="CROSS")])
    return select


def _part_select(
    plan: Plan, part: Part, leaves: Sequence[Leaf], columns: dict[Leaf, str], binder: Binder
) -> exp.Select:
    own = set(part.leaves)
    values = [
        named(_aggregate(plan, part, leaf, binder) if leaf in own else exp.Null(), columns[leaf]) for leaf in leaves
    ]
    return _select([*_keys(plan, part), *values], counted_rows(plan, part, binder), plan)


def _merged_leaf(plan: Plan, leaf: Leaf, column: str) -> exp.Expr:
    value: exp.Expr = exp.Max(this=exp.Column(this=name(column)))
    if plan.catalog.models[leaf.model].measures[leaf.measure].aggregation.is_count:
        value = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
    return value


def _keys(plan: Plan, part: Part) -> list[exp.Expr]:
    keys = []
    if plan.query.grain is not None and part.time is not None:
        if part.windows is None:
            keys.append(named(period(part.time, plan.query.grain, plan.context), PERIOD))
        else:
            keys.append(named(exp.Column(this=name(PERIOD), table=name(SPINE)), PERIOD))
    trees = [dimension.tree() for dimension in part.by]
    if plan.top is not None:
        is_top = exp.Column(this=name(_IS_TOP), table=name(_TOP))
        is_text = part.by[0].type is ColumnType.TEXT
        other = exp.Literal.string(OTHER_LABEL) if is_text else None
        trees[0] = exp.Case(ifs=[exp.If(this=is_top, true=trees[0])], default=other)
    keys += [named(tree, asked) for asked, tree in zip(plan.query.by, trees, strict=True)]
    if plan.top is not None:
        keys.append(named(exp.Is(this=is_top.copy(), expression=exp.Null()), OTHER))
    if plan.query.has_totals:
        levels = [exp.Grouping(expressions=[tree.copy()]) for tree in trees]
        total: exp.Expr = levels[0]
        for level in levels[1:]:
            total = exp.Add(this=total, expression=level)
        keys.append(named(total, TOTAL))
    return keys


def _values(plan: Plan, leaf: Callable[[Leaf], exp.Expr], keys: Sequence[exp.Expr]) -> list[exp.Expr]:
    def peers() -> list[exp.Expr]:
        """What tells apart the rows that make a whole: those of one period and one level of totals."""
        named_keys = zip(plan.key_columns, keys, strict=True)
        found = [key for column, key in named_keys if column in {PERIOD, TOTAL}]
        return [key.this.copy() if isinstance(key, exp.Alias) else key.copy() for key in found]

    def at(part: Leaf, level: Level) -> exp.Expr:
        tree = leaf(part)
        return tree if level is Level.GROUP else exp.Window(this=exp.Sum(this=tree), partition_by=peers())

    return [named(_output(output, at, peers), output.column.name) for output in plan.outputs]


def _output(output: Output, leaf: Lower, peers: Callable[[], list[exp.Expr]]) -> exp.Expr:
    trees = [lower_formula(formula, leaf, Level.GROUP, peers) for formula in output.formulas]
    return difference_tree(output.difference, trees[0], trees[1]) if output.difference else trees[0]


def lower_formula(formula: Formula, leaf: Lower, outer: Level, peers: Callable[[], list[exp.Expr]]) -> exp.Expr:
    """The tree of a formula over those of its leaves."""

    def trees(inner: Level) -> list[exp.Expr]:
        level = outer if inner is Level.GROUP else inner
        return [
            leaf(part, level) if isinstance(part, Leaf) else lower_formula(part, leaf, level, peers)
            for part in formula.inputs
        ]

    return formula.recipe.lower(Trees(at=trees, periods=peers))


def _aggregate(plan: Plan, part: Part, leaf: Leaf, binder: Binder) -> exp.Expr:
    conditions = lower_conditions(plan, part, leaf, binder)
    return aggregate_tree(part.model.measures[leaf.measure], part.model.name, conditions)


def aggregate_tree(measure: Measure, alias: str, conditions: list[exp.Expr]) -> exp.Expr:
    """The aggregate of a measure over the rows of the table called `alias` that fulfil the conditions."""
    scalar = measure.scalar.on(alias) if measure.scalar else None
    order = measure.order.on(alias) if measure.order else None
    tree = measure.aggregation.tree(scalar, measure.fraction, order)
    if isinstance(tree, exp.Filter):
        conditions, tree = [tree.expression.this, *conditions], tree.this
    if len(conditions) > 1:
        conditions = [closed(condition) for condition in conditions]
    if conditions:
        tree = exp.Filter(this=tree, expression=exp.Where(this=conjunction(conditions)))
    return recount(tree) if measure.is_recount else tree


def lower_conditions(plan: Plan, part: Part, leaf: Leaf, binder: Binder) -> list[exp.Expr]:
    """What a row must fulfil to count for an aggregate: those of its measure and of the metric."""
    model = part.model
    measure = model.measures[leaf.measure]
    conditions: list[exp.Expr] = [] if measure.where is None else [measure.where.on(model.name)]
    for filter_ in leaf.where:
        conditions += Lowering(part.dimensions.__getitem__, binder, plan.context).lower_all(filter_)
    if leaf.conversion is not None:
        target, event, alias = find_following(leaf, plan.catalog)
        conditions.append(followed(leaf, part, model_source(target, alias), target, event, plan.catalog))
    return conditions


def counted_rows(plan: Plan, part: Part, binder: Binder) -> dict[str, object]:
    """FROM, joins and WHERE of the rows that a part aggregates."""
    clauses = sources(part.model, part.dimensions.values(), plan.catalog)
    if part.windows is None:
        conditions = _range(plan, part, binder)
    else:
        conditions = []
        _join_spine(plan, part, clauses, binder)
    if plan.filter is not None:
        conditions += Lowering(part.dimensions.__getitem__, binder, plan.context).lower_all(plan.filter)
    condition = conjunction(conditions)
    if condition is not None:
        clauses["where"] = exp.Where(this=condition)
    if plan.top is not None:
        pair = exp.NullSafeEQ(
            this=part.by[0].operand(), expression=exp.Column(this=name(plan.query.by[0]), table=name(_TOP))
        )
        clauses["joins"] = [
            *cast("list[exp.Join]", clauses["joins"]),
            exp.Join(this=exp.Table(this=name(_TOP)), side="LEFT", on=pair),
        ]
    return clauses


def _join_spine(plan: Plan, part: Part, clauses: dict[str, object], binder: Binder) -> None:
    """Puts the periods of a part before its model, joined by their windows."""
    facts = with_next(model_source(part.model, part.model.name), part)
    spine = exp.Subquery(this=lower_spine(part, PERIOD, binder, plan.context), alias=exp.TableAlias(this=name(SPINE)))
    clauses["from_"] = exp.From(this=spine)
    join = exp.Join(this=facts, kind="INNER", on=conjunction(in_window(part)))
    clauses["joins"] = [join, *cast("list[exp.Join]", clauses["joins"])]


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


def _select(columns: Sequence[exp.Expr], clauses: dict[str, object], plan: Plan) -> exp.Select:
    """A SELECT grouped by its first columns, and with totals also by fewer of them from the last dimension on."""
    keys = [column for column in plan.key_columns if column != TOTAL]
    if keys:
        places = list(range(1, len(keys) + 1))
        if plan.query.has_totals:
            clauses["group"] = exp.Group(grouping_sets=[exp.GroupingSets(expressions=list(_levels(plan, places)))])
        else:
            clauses["group"] = exp.Group(expressions=[exp.Literal.number(place) for place in places])
    return exp.Select(expressions=list(columns), **clauses)


def _levels(plan: Plan, places: list[int]) -> Iterator[exp.Expr]:
    first = 1 if plan.query.grain else 0
    dimensions = places[first : first + len(plan.query.by)]
    flags = places[first + len(plan.query.by) :]
    for count in range(len(dimensions), -1, -1):
        kept = [*places[:first], *dimensions[:count], *(flags if count else [])]
        yield exp.Tuple(expressions=[exp.Literal.number(place) for place in kept])


def _top_members(plan: Plan, binder: Binder) -> exp.Select:
    ranked = limit_rows(sort_rows(lower(plan, binder), plan), plan)
    return exp.Select(
        expressions=[exp.Column(this=name(plan.query.by[0])), named(exp.Boolean(this=True), _IS_TOP)],
        from_=exp.From(this=exp.Subquery(this=ranked, alias=exp.TableAlias(this=name(_RANKED)))),
    )


def _having(tree: exp.Select, having: Filter, plan: Plan, binder: Binder) -> exp.Select:
    """The rows of an answer whose values fulfil a condition; shares and ranks are those among all rows."""
    types = {output.column.name: output.column.type for output in plan.outputs}
    types |= {asked: dimension.type for asked, dimension in zip(plan.query.by, plan.parts[0].by, strict=True)}
    types |= {TOTAL: ColumnType.INTEGER, OTHER: ColumnType.BOOLEAN, PERIOD: ColumnType.DATE}

    def find(column: str) -> Dimension:
        temporal = {ColumnType.DATE: Temporal.DATE, ColumnType.DATETIME: Temporal.TIMESTAMPTZ}.get(types[column])
        definition = DimensionDefinition(
            name=column, label=column, scalar=column_scalar(column), type=types[column],
            is_time=temporal is not None, temporal=temporal,
        )  # fmt: skip
        return Dimension(
            name=column, label=column, qualified_name=column, model=_ANSWER, path=(), definition=definition
        )

    conditions = Lowering(find, binder, plan.context).lower_all(having)
    columns = [*plan.key_columns, *(output.column.name for output in plan.outputs)]
    return exp.Select(
        expressions=[exp.Column(this=name(column)) for column in columns],
        from_=exp.From(this=exp.Subquery(this=tree, alias=exp.TableAlias(this=name(_ANSWER)))),
        where=exp.Where(this=conjunction(conditions)),
    )


def _cte(alias: str, tree: exp.Query) -> exp.CTE:
    return exp.CTE(this=tree, alias=exp.TableAlias(this=name(alias)))


def _ctes(tree: exp.Select) -> list[exp.Expr]:
    return list(tree.args["with_"].expressions) if tree.args.get("with_") else []


def model_source(model: Model, alias: str) -> exp.Expr:
    """What a model reads, its table or its SELECT, under a name."""
    if model.query is not None:
        return exp.Subquery(this=model.query.copy(), alias=exp.TableAlias(this=name(alias)))
    return exp.Table(this=name(model.table or ""), alias=exp.TableAlias(this=name(alias)))


def join_clause(path: tuple[Join, ...], catalog: Catalog, *, base: str = "") -> exp.Join:
    """The LEFT JOIN that leads to the end of a path; `base` is the name of the table a path of one join starts from."""
    join, ours, theirs = path[-1], path_alias(path[:-1]) or base, path_alias(path)
    pairs: list[exp.Expr] = [
        exp.EQ(
            this=exp.Column(this=name(our), table=name(ours)),
            expression=exp.Column(this=name(their), table=name(theirs)),
        )
        for our, their in join.on
    ]
    return exp.Join(this=model_source(catalog.models[join.to], theirs), side="LEFT", on=conjunction(pairs))
