"""Checks the SQL a definition may carry: a single scalar expression, or one SELECT over tables of the store.

Both are checked by allow-lists (`metrics.functions`), so what nobody thought of is refused. What passes is kept as a
tree with every identifier quoted and every comment dropped; the text itself is never used again.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.errors import RefusedError
from core.names import suggestion
from metrics.functions import (
    ARITHMETIC,
    CAST_TYPES,
    FUNCTIONS,
    NAMED_FUNCTIONS,
    QUERY_FUNCTIONS,
    QUERY_SYNTAX,
    SYNTAX,
)
from metrics.text_growth import check_growth

DIALECT = "duckdb"

_SCALAR_NODES = SYNTAX | FUNCTIONS
_QUERY_NODES = _SCALAR_NODES | QUERY_SYNTAX | QUERY_FUNCTIONS
_TABLE_NAME = re.compile(r"[^\W\d]\w*")
_ENGINE_TABLES = ("duckdb_", "pg_", "pragma_", "sqlite_")
_MAX_CHARACTERS = 20_000
_MAX_NODES = 500
# These print as themselves or as a call with their own brackets, so no operator around them can bind into them.
_CLOSED = (exp.Column, exp.Literal, exp.Paren, exp.Case, exp.Cast, exp.Boolean, exp.Null)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scalar:
    """A checked expression over the columns of one table. `columns` are named as in the definition."""

    text: str
    tree: exp.Expr
    columns: tuple[str, ...]

    def on(self, alias: str) -> exp.Expr:
        """A new tree with the columns taken from the table called `alias`."""
        if type(self.tree) is exp.Column:
            # Both are new, and copying them takes longer than making them.
            name, table = exp.to_identifier(self.tree.name, quoted=True), exp.to_identifier(alias, quoted=True)
            return exp.column(name, table, copy=False)
        tree = self.tree.copy()
        for column in list(tree.find_all(exp.Column)):
            column.set("table", exp.to_identifier(alias, quoted=True))
        return tree

    def operand(self, alias: str) -> exp.Expr:
        """As `on`, in parentheses where an operator beside it could bind more tightly."""
        return closed(self.on(alias))


def closed(tree: exp.Expr) -> exp.Expr:
    """The tree, in parentheses where an operator beside it could bind more tightly."""
    return tree if isinstance(tree, _CLOSED) else exp.Paren(this=tree)


def column_scalar(name: str) -> Scalar:
    """The expression that is just a column."""
    return Scalar(text=name, tree=exp.column(exp.to_identifier(name, quoted=True)), columns=(name,))


def parse_scalar(text: str) -> Scalar:
    """A scalar expression over a table's own columns. Raises RefusedError naming what is not allowed."""
    tree = _parse(text, exp.Condition)
    _check_nodes(tree, _SCALAR_NODES, "an expression")
    check_growth(tree, "the expression")
    names: dict[str, None] = {}
    for column in tree.find_all(exp.Column):
        if column.table:
            raise RefusedError(
                f"{column.sql(DIALECT)} is not allowed: write columns of the model's own table without"
                " a table name; columns of other models are reached by their dimensions"
            )
        names[column.name] = None
    return Scalar(text=text, tree=_clean(tree), columns=tuple(names))


def parse_arithmetic(text: str) -> exp.Expr:
    """Arithmetic over names and numbers with + - * / and parentheses. Raises RefusedError naming what is not allowed.

    Names are columns of the tree, numbers literals without a sign.
    """
    tree = _parse(text, exp.Condition)
    _check_nodes(tree, ARITHMETIC, "a formula")
    for count, node in enumerate(tree.walk(), start=1):
        if count > _MAX_NODES:
            raise RefusedError(f"the formula has more than {_MAX_NODES} parts; define metrics for some of them")
        if isinstance(node, exp.Literal) and node.is_string:
            raise RefusedError(f"the text {node.sql(DIALECT)} is not allowed in a formula")
        if isinstance(node, exp.Column) and node.table:
            raise RefusedError(f"{node.sql(DIALECT)} is not allowed in a formula: write the name of a metric alone")
        if isinstance(node, exp.Div) and isinstance(node.right, exp.Literal) and float(node.right.name) == 0:
            raise RefusedError("the formula divides by zero")
    return _clean(tree)


def parse_select(text: str, tables: Collection[str] | None, *, functions: Collection[str] = ()) -> exp.Query:
    """One SELECT over `tables` (any well-formed name when None). Raises RefusedError naming what is not allowed.

    `functions` are allowed besides; whoever names them puts something else in their place.
    """
    tree = _parse(text, None)
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.Subquery):
        raise RefusedError(f"only one SELECT is allowed here, not {_shown(tree)}")
    _check_nodes(tree, _QUERY_NODES, "a model's SELECT", functions)
    local = {cte.alias.casefold() for cte in tree.find_all(exp.CTE)}
    for name in local:
        # A name that hides an engine table in one place would let it through in another.
        if not _TABLE_NAME.fullmatch(name) or name.startswith(_ENGINE_TABLES):
            raise RefusedError(f"{name!r} cannot be the name of a WITH clause: it is kept for the engine")
    for table in tree.find_all(exp.Table):
        if table.db or table.name.casefold() not in local:
            check_table(table.sql(DIALECT) if table.db else table.name, tables)
    for clause in tree.find_all(exp.With):
        if clause.args.get("recursive"):
            raise RefusedError("WITH RECURSIVE is not allowed in a model's SELECT")
    check_growth(tree, "the SELECT")
    _clean(tree)
    return tree


def check_table(name: str, tables: Collection[str] | None) -> None:
    """Raises RefusedError when `name` is no table of the store: files, engine tables and other schemas are not."""
    if not _TABLE_NAME.fullmatch(name) or name.casefold().startswith(_ENGINE_TABLES):
        raise RefusedError(
            f"{name!r} is not a table of the store: files, engine tables and other schemas cannot be read"
        )
    if tables is not None and name.casefold() not in {table.casefold() for table in tables}:
        raise RefusedError(f"there is no table {name!r} in the store. {suggestion(name, tables)}")


def _parse(text: str, into: type[exp.Expr] | None) -> exp.Expr:
    if len(text) > _MAX_CHARACTERS:
        raise RefusedError(f"the SQL has {len(text):,} characters; at most {_MAX_CHARACTERS:,} are allowed")
    try:
        if into is not None:
            return sqlglot.parse_one(text, dialect=DIALECT, into=into)
        trees = [tree for tree in sqlglot.parse(text, dialect=DIALECT) if tree is not None]
    except SqlglotError as error:
        raise RefusedError(f"not understood as {'an expression' if into else 'a SELECT'}: {_reason(error)}") from error
    except RecursionError as error:
        raise RefusedError("the SQL is nested too deeply") from error
    if len(trees) != 1:
        raise RefusedError(f"exactly one statement is allowed, not {len(trees)}")
    return trees[0]


def _reason(error: SqlglotError) -> str:
    """The parser's first complaint, without the names of its own classes."""
    details = getattr(error, "errors", None)
    if not details:
        return re.sub(r"\x1b\[\d*m", "", str(error)).split("\n")[0]
    description = re.sub(r"( for| but got)? <.*", "", str(details[0]["description"])).rstrip(".")
    if description.startswith("Required keyword"):
        description = "something is missing"
    where = details[0].get("highlight")
    return f"{description} near {where!r}" if where else description


def _check_nodes(
    tree: exp.Expr, allowed: frozenset[type[exp.Expr]], place: str, functions: Collection[str] = ()
) -> None:
    for node in tree.walk():
        kind = type(node)
        if kind is exp.Anonymous:
            if node.name.casefold() not in NAMED_FUNCTIONS and node.name.casefold() not in functions:
                raise RefusedError(f"the function {node.name.lower()} is not allowed in {place}")
        elif kind not in allowed:
            raise RefusedError(f"{_shown(node)} is not allowed in {place}")
        elif kind is exp.DataType and node.this not in CAST_TYPES:
            raise RefusedError(f"a cast to {node.sql(DIALECT)} is not allowed in {place}")


def _shown(node: exp.Expr) -> str:
    if isinstance(node, exp.AggFunc):
        return f"the aggregate {node.sql_name().lower()}"
    if isinstance(node, exp.Query):
        return "a subquery"
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return "a parameter"
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name().lower()}"
    return node.key.upper()


def _clean(tree: exp.Expr) -> exp.Expr:
    for node in tree.walk():
        node.comments = None
        if isinstance(node, exp.Identifier):
            node.set("quoted", True)
    return tree
