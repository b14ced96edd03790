"""The values of a dimension and how many rows have each: what a filter menu lists."""

from collections.abc import Sequence

from sqlglot import exp

from core.errors import InvalidError
from core.names import suggestion
from core.result import Column, ColumnType
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompiledQuery, Lineage
from metrics.guard import DIALECT
from metrics.lowering import name, named, sources
from metrics.plan import require_dimension, require_usable
from metrics.reach import Dimension
from metrics.spec import Model

VALUE = "value"
ROWS = "rows"


def compile_members(
    catalog: Catalog, dimension: str, metrics: Sequence[str] = (), *, limit: int = 1000, search: str | None = None
) -> CompiledQuery:
    """The distinct values of a dimension with the rows that have each, most first: columns `value` and `rows`.

    Rows are those of the models the metrics count, or, without metrics, of every model the dimension belongs to. A
    null is a value too. `search` keeps values that contain a text, whatever its case. Raises InvalidError for unknown
    names, RefusedError for a dimension one of the metrics cannot be split by.
    """
    if limit < 1:
        raise InvalidError(f"The limit is {limit}; it must be at least 1.")
    reached = _reached(catalog, dimension, tuple(metrics))
    binder = Binder()
    selects = [_values(catalog, model, found, search, binder) for model, found in reached]
    union: exp.Query = selects[0]
    for select in selects[1:]:
        union = exp.Union(this=union, expression=select, distinct=False)
    tree = exp.Select(
        expressions=[
            exp.Column(this=name(VALUE)),
            named(exp.Sum(this=exp.Column(this=name(ROWS))), ROWS),
        ],
        from_=exp.From(this=exp.Subquery(this=union, alias=exp.TableAlias(this=name("members")))),
        group=exp.Group(expressions=[exp.Literal.number(1)]),
        order=exp.Order(
            expressions=[
                exp.Ordered(this=exp.Literal.number(2), desc=True, nulls_first=False),
                exp.Ordered(this=exp.Literal.number(1), nulls_first=False),
            ]
        ),
        limit=exp.Limit(expression=exp.Literal.number(limit)),
    )
    first = reached[0][1]
    return CompiledQuery(
        sql=tree.sql(dialect=DIALECT, copy=False),
        parameters=binder.values,
        columns=(
            Column(name=VALUE, label=first.label, type=first.type),
            Column(name=ROWS, label="Rows", type=ColumnType.INTEGER, is_metric=True),
        ),
        sentence=f"Values of {first.label} and the rows that have each.",
        lineage=tuple(Lineage(metric="", model=model.name, table=model.table, sql=model.sql) for model, _ in reached),
        tree=tree,
    )


def _reached(catalog: Catalog, dimension: str, metrics: tuple[str, ...]) -> list[tuple[Model, Dimension]]:
    if metrics:
        models = catalog.models_of(metrics)
        return [(model, require_dimension(catalog, model, dimension, metrics)) for model in models]
    own = [
        (model, found)
        for model in catalog.models.values()
        if (found := catalog.reaches[model.name].find(dimension)) is not None and not found.path
    ]
    if not own:
        names = [other for model in catalog.models.values() for other in model.dimensions]
        raise InvalidError(f"There is no dimension {dimension}. {suggestion(dimension, names)}")
    usable = [(model, found) for model, found in own if found.problem is None]
    return usable or [(model, require_usable(found)) for model, found in own]


def _values(catalog: Catalog, model: Model, dimension: Dimension, search: str | None, binder: Binder) -> exp.Select:
    value = dimension.tree()
    clauses = sources(model, [dimension], catalog)
    if search:
        text = exp.Lower(this=exp.Cast(this=dimension.tree(), to=exp.DataType.build("text")))
        found = exp.StrPosition(this=text, substr=exp.Lower(this=binder.bind(search)))
        clauses["where"] = exp.Where(this=exp.GT(this=found, expression=exp.Literal.number(0)))
    return exp.Select(
        expressions=[named(value, VALUE), named(exp.Count(this=exp.Star()), ROWS)],
        group=exp.Group(expressions=[exp.Literal.number(1)]),
        **clauses,
    )
