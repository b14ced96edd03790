"""The SELECT from the tables of a source to a canonical one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from core.errors import InvalidError
from metrics.guard import DIALECT
from services.pack.canonical import MONEY, REQUIRED, TABLES, Beside, StreamMapping

_OWN, _BESIDE = "own", "beside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables that the streams of a source fill, and their columns; only streams that were synced."""

    names: Mapping[str, str]
    columns: Mapping[str, frozenset[str]]


def build_view(mappings: Sequence[StreamMapping], tables: Tables, currency: str) -> exp.Query:
    """One SELECT, or several one under the other. Raises InvalidError where a column that metrics need is not there."""
    query: exp.Query = _select(mappings[0], tables, currency)
    for mapping in mappings[1:]:
        query = exp.union(query, _select(mapping, tables, currency), distinct=False)
    return query


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
    found = _find_expression(mapping, name, tables)
    if found is None:
        if name in REQUIRED[mapping.table]:
            needed = " or ".join(mapping.columns[name])
            raise InvalidError(
                f"{mapping.stream} has no {needed}, which {mapping.table}.{name} is made of. Sync that field, then map."
            )
        found = exp.null()
    if name in MONEY.get(mapping.table, ()):
        found = _in_currency(found, _find_expression(mapping, "currency", tables), currency)
    return exp.cast(found, TABLES[mapping.table][name])


def _in_currency(amount: exp.Expr, told: exp.Expr | None, currency: str) -> exp.Expr:
    if told is None:
        return amount
    same = exp.EQ(this=exp.Upper(this=told), expression=exp.Literal.string(currency))
    is_ours = exp.or_(same, exp.Is(this=told.copy(), expression=exp.null()))
    return exp.Case(ifs=[exp.If(this=is_ours, true=amount)])


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
