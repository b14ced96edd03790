"""Small pieces of SQL trees that changes of tables are built from."""

from collections.abc import Sequence

from sqlglot import exp

from tenants.store.connection import CATALOG


def col(name: str, table: str | None = None) -> exp.Column:
    """A column, quoted."""
    return exp.column(name, table, quoted=True)


def stored(schema: str, table: str) -> exp.Table:
    """A table of the store's file."""
    return exp.table_(table, db=schema, catalog=CATALOG, quoted=True)


def all_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """All conditions together; true for none."""
    return exp.and_(*conditions) if conditions else exp.true()


def any_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """Any of the conditions; false for none."""
    return exp.or_(*conditions) if conditions else exp.false()


def same(name: str, left: str, right: str) -> exp.Expr:
    """Whether a column is the same in two tables, where empty is the same as empty."""
    return exp.NullSafeEQ(this=col(name, left), expression=col(name, right))


def equal(names: Sequence[str], left: str, right: str) -> exp.Expr:
    """Whether columns that are never empty are equal in two tables."""
    return all_of([exp.EQ(this=col(name, left), expression=col(name, right)) for name in names])


def as_text(value: exp.Expr) -> exp.Expr:
    """A value as text."""
    return exp.cast(value, "VARCHAR")


def kind(name: str) -> exp.DataType:
    """A type by the engine's name of it."""
    return exp.DataType.build(name, dialect="duckdb")


def temporary(name: str, query: exp.Query, *, what: str = "TABLE") -> str:
    """The statement that makes a temporary table, or view, of a query."""
    made = exp.Create(this=exp.to_table(name), kind=what, expression=query, replace=True)
    made.set("properties", exp.Properties(expressions=[exp.TemporaryProperty()]))
    return made.sql("duckdb")


def replace_rows(table: str) -> str:
    """The statement that makes a table of the rows of a Parquet file, whose path is its one value."""
    rows = exp.select("*").from_(exp.func("read_parquet", exp.Placeholder()))
    return exp.Create(this=stored("main", table), kind="TABLE", replace=True, expression=rows).sql("duckdb")
