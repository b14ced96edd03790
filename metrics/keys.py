"""Whether a model's key holds in the data: joins rely on it, and a repeated key would count rows more than once."""

from sqlglot import exp

from core.result import Column, ColumnType
from metrics.catalog import Catalog
from metrics.compiled import CompiledQuery, Lineage
from metrics.guard import DIALECT
from metrics.lowering import name, named, sources

ROWS = "rows"


def compile_key_check(catalog: Catalog, model: str, *, limit: int = 10) -> CompiledQuery | None:
    """The key values that are null or belong to several rows, most rows first: no row means the key holds.

    Columns are those of the key, then `rows`. None for a model without a key. Raises InvalidError for an unknown model,
    RefusedError for a broken one.
    """
    found = catalog.model(model)
    if not found.key:
        return None
    columns: list[exp.Expr] = [exp.Column(this=name(key), table=name(found.name)) for key in found.key]
    wrong: exp.Expr = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    for column in columns:
        wrong = exp.Or(this=wrong, expression=exp.Is(this=column.copy(), expression=exp.Null()))
    positions: list[exp.Expr] = [exp.Literal.number(position) for position in range(1, len(columns) + 1)]
    order = [exp.Ordered(this=exp.Literal.number(len(columns) + 1), desc=True, nulls_first=False)]
    order += [exp.Ordered(this=position.copy(), nulls_first=False) for position in positions]
    tree = exp.Select(
        expressions=[*columns, named(exp.Count(this=exp.Star()), ROWS)],
        group=exp.Group(expressions=positions),
        having=exp.Having(this=wrong),
        order=exp.Order(expressions=order),
        limit=exp.Limit(expression=exp.Literal.number(limit)),
        **sources(found, (), catalog),
    )
    return CompiledQuery(
        sql=tree.sql(dialect=DIALECT, copy=False),
        parameters=(),
        columns=(
            *(Column(name=key, label=key, type=ColumnType.TEXT) for key in found.key),
            Column(name=ROWS, label="Rows", type=ColumnType.INTEGER, is_metric=True),
        ),
        sentence=f"Keys of {found.label} that are empty or repeated.",
        lineage=(Lineage(metric="", model=found.name, table=found.table, sql=found.sql),),
        tree=tree,
    )
