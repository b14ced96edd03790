"""The SELECT from the tables of a source to a canonical one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from core.errors import InvalidError
from metrics.guard import DIALECT
from services.pack.canonical import LEFT_OUT, MONEY, REQUIRED, TABLES, Beside, StreamMapping
from services.pack.links import linked
from services.pack.rates import converted

_OWN, _BESIDE = "own", "beside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables that the streams of a source fill, and their columns; only streams that were synced.

    `linked_as` is the source's name where its accounts were merged into those of another one.
    """

    names: Mapping[str, str]
    columns: Mapping[str, frozenset[str]]
    has_rates: bool = False
    linked_as: str = ""


def build_view(mappings: Sequence[StreamMapping], tables: Tables, currency: str) -> exp.Query:
    """One SELECT, or several one under the other. Raises InvalidError where a column that metrics need is not there."""
    query: exp.Query = _select(mappings[0], tables, currency)
    for mapping in mappings[1:]:
        query = exp.union(query, _select(mapping, tables, currency), distinct=False)
    table = mappings[0].table
    if tables.has_rates and table in MONEY:
        query = converted(query, table, currency)
    return linked(query, table, tables.linked_as) if tables.linked_as and "account_id" in TABLES[table] else query


def can_map(mapping: StreamMapping, tables: Tables) -> bool:
    """Whether the stream has all that metrics need."""
    return all(_find_expression(mapping, name, tables) is not None for name in REQUIRED[mapping.table])


def filled_columns(mappings: Sequence[StreamMapping], tables: Tables) -> frozenset[str]:
    """The canonical columns that at least one of the streams has something of."""
    return frozenset(
        name for mapping in mappings for name in mapping.columns if _find_expression(mapping, name, tables) is not None
    )


def _select(mapping: StreamMapping, tables: Tables, currency: str) -> exp.Select:
    columns = [
        exp.alias_(_column(mapping, name, tables, currency), name, quoted=True) for name in TABLES[mapping.table]
    ]
    own = exp.table_(tables.names[mapping.stream], quoted=True)
    beside = _find_beside(mapping, tables)
    if beside is None:
        select = exp.select(*columns).from_(own)
    else:
        other = exp.alias_(exp.table_(tables.names[beside.stream], quoted=True), _BESIDE, table=True)
        same = exp.EQ(this=exp.column(beside.column, _OWN), expression=exp.column(beside.key, _BESIDE))
        select = exp.select(*columns).from_(exp.alias_(own, _OWN, table=True)).join(other, on=same, join_type="left")
    where = _parse(mapping.where, mapping, tables) if mapping.where else None
    return select if where is None else select.where(where)


def _find_beside(mapping: StreamMapping, tables: Tables) -> Beside | None:
    """The other stream, where it was synced and there is the column that leads to it."""
    beside = mapping.beside
    if beside is None or beside.stream not in tables.names or beside.column not in tables.columns[mapping.stream]:
        return None
    return beside


def _column(mapping: StreamMapping, name: str, tables: Tables, currency: str) -> exp.Expr:
    """A canonical column; empty where the source has nothing of it, unless metrics would be wrong without it."""
    if name == LEFT_OUT:
        return _left_out(mapping, tables, currency)
    found = _find_expression(mapping, name, tables)
    if found is None:
        if name in REQUIRED[mapping.table]:
            needed = " or ".join(mapping.columns[name])
            raise InvalidError(
                f"{mapping.stream} has no {needed}, which {mapping.table}.{name} is made of. Sync that field, then map."
            )
        found = exp.null()
    if name in MONEY.get(mapping.table, ()) and not tables.has_rates:
        other = _is_other(mapping, tables, currency)
        found = found if other is None else exp.Case(ifs=[exp.If(this=exp.not_(other), true=found)])
    return exp.cast(found, TABLES[mapping.table][name])


def _left_out(mapping: StreamMapping, tables: Tables, currency: str) -> exp.Expr:
    """Whether there is an amount in another currency; what has a rate is told where it is converted."""
    other = None if tables.has_rates else _is_other(mapping, tables, currency)
    if other is None:
        return exp.false()
    amounts = [_find_expression(mapping, name, tables) for name in sorted(MONEY[mapping.table])]
    there = [exp.not_(exp.Is(this=one, expression=exp.null())) for one in amounts if one is not None]
    return exp.and_(other, exp.or_(*there))


def _is_other(mapping: StreamMapping, tables: Tables, currency: str) -> exp.Expr | None:
    """Whether a row is in another currency, false where it does not say; None where no row says."""
    told = _find_expression(mapping, "currency", tables)
    if told is None:
        return None
    differs = exp.NEQ(this=exp.Upper(this=told), expression=exp.Literal.string(currency))
    return exp.Coalesce(this=exp.Paren(this=differs), expressions=[exp.false()])


def _find_expression(mapping: StreamMapping, name: str, tables: Tables) -> exp.Expr | None:
    return next(
        (tree for text in mapping.columns.get(name, ()) if (tree := _parse(text, mapping, tables)) is not None), None
    )


def _parse(text: str, mapping: StreamMapping, tables: Tables) -> exp.Expr | None:
    """An expression whose columns are all there; None otherwise."""
    beside = _find_beside(mapping, tables)
    present = {("", column) for column in tables.columns[mapping.stream]}
    if beside is not None:
        present |= {(_BESIDE, column) for column in tables.columns[beside.stream]}
    tree = sqlglot.parse_one(text, dialect=DIALECT)
    columns = list(tree.find_all(exp.Column))
    if not {(column.table, column.name) for column in columns} <= present:
        return None
    for column in columns if beside is not None else []:
        if not column.table:
            column.set("table", exp.to_identifier(_OWN))
    return tree
