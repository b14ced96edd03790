"""Puts a reader's view into a query: the one place where row and column policies take hold.

Every table of the query becomes a SELECT of the rows and columns the reader sees, under the name it had. What cannot be
judged for certain is refused.
"""

from collections.abc import Collection, Sequence

from sqlglot import exp

from core.errors import RefusedError
from metrics.binding import Binder
from metrics.guard import DIALECT
from metrics.lowering import name, named
from metrics.policy.spec import Mask
from metrics.policy.view import ReaderView, TableView

# What may stand on a table in a query: its name and another name for it.
_PLAIN = frozenset({"this", "alias", "joins"})
_BASE = "row of the table"


def restrict(
    tree: exp.Query, view: ReaderView, values: Sequence[object] = (), *, known: Collection[str] = ()
) -> tuple[str, tuple[object, ...]]:
    """The same query over what the reader sees, as SQL with its values; `values` are those `tree` has already.

    `known` names tables that are no tables of the store but answers the reader has had.
    Raises RefusedError for a table the reader does not see, and for what cannot be judged.
    """
    binder = Binder(values)
    restricted = _restrict(tree.copy(), view, binder, known)
    return restricted.sql(dialect=DIALECT, copy=False), binder.values


def _restrict(tree: exp.Query, view: ReaderView, binder: Binder, known: Collection[str]) -> exp.Query:
    local = {cte.alias.casefold() for cte in tree.find_all(exp.CTE)} | {name.casefold() for name in known}
    for table in list(tree.find_all(exp.Table)):
        if table.name.casefold() in local:
            _require_no_shadow(table, view)
            continue
        seen = view.table(table.name)
        if seen is None or table.db or table.catalog:
            raise RefusedError(f"There is no table {table.sql('duckdb')} here, or you may not see any of its rows.")
        if not seen.is_whole:
            table.replace(_seen_rows(table, seen, view, binder))
    return tree


def _require_no_shadow(table: exp.Table, view: ReaderView) -> None:
    """A WITH clause of a table's name could let that table through where the clause itself reads it."""
    if view.table(table.name) is not None:
        raise RefusedError(f"WITH {table.name} has the name of a table; give it another one.")


def _seen_rows(table: exp.Table, seen: TableView, view: ReaderView, binder: Binder) -> exp.Subquery:
    unusual = [key for key, value in table.args.items() if value and key not in _PLAIN]
    if unusual:
        raise RefusedError(f"{table.name} cannot be read with {', '.join(unusual)} under a row policy.")
    columns = [_shown(column, seen.masks.get(column), view, binder) for column in seen.columns]
    select = exp.Select(
        expressions=columns,
        from_=exp.From(this=exp.Table(this=name(table.name), alias=exp.TableAlias(this=name(_BASE)))),
    )
    if seen.condition is not None:
        select.set("where", exp.Where(this=seen.condition(_BASE, binder)))
    alias = table.args.get("alias")
    known_as = alias.copy() if alias is not None else exp.TableAlias(this=name(table.name))
    return exp.Subquery(this=select, alias=known_as, joins=table.args.get("joins"))


def _shown(column: str, mask: Mask | None, view: ReaderView, binder: Binder) -> exp.Expr:
    raw = exp.Column(this=name(column), table=name(_BASE))
    match mask:
        case None:
            return named(raw, column)
        case Mask.HIDE:
            # A null of the column's own type, so that what is computed from it stays well formed.
            never = exp.If(this=exp.false(), true=raw)
            return named(exp.Case(ifs=[never]), column)
        case Mask.HASH:
            salted = exp.Concat(expressions=[binder.bind(view.salt), _text(raw)])
            return named(_unless_null(raw, exp.MD5(this=salted)), column)
        case Mask.LAST4:
            return named(exp.Right(this=_text(raw), expression=exp.Literal.number(4)), column)


def _text(value: exp.Expr) -> exp.Expr:
    return exp.Cast(this=value.copy(), to=exp.DataType.build("text"))


def _unless_null(value: exp.Expr, tree: exp.Expr) -> exp.Expr:
    is_there = exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))
    return exp.Case(ifs=[exp.If(this=is_there, true=tree)])
