"""Which columns, or pairs of columns, identify the rows of a table."""

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from connectors.engine import Engine
from connectors.inference.expressions import call, column, named, scan, select
from connectors.result import StagedColumn
from core.result import ColumnType

_KEY_TYPES = frozenset({ColumnType.TEXT, ColumnType.INTEGER})
_PAIR_TYPES = frozenset({ColumnType.TEXT, ColumnType.INTEGER, ColumnType.DATE, ColumnType.DATETIME})
_KEY_WORD = re.compile(r"id$|(?:^|_)(?:key|code|guid|number|no|nr|sku|email|domain)$")
# An approximate count of distinct values may be this much below the exact one.
_TOLERANCE = 0.85
_MOST_COLUMNS, _MOST_PAIR_COLUMNS = 12, 6
_MANY_ROWS, _MOST_ROWS_FOR_PAIRS = 5_000_000, 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A staged table as it is looked at here."""

    name: str
    path: Path
    rows: int
    columns: tuple[StagedColumn, ...]
    unique: tuple[str, ...] = ()

    def column(self, name: str) -> StagedColumn:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)


def unique_columns(engine: Engine, relation: Relation) -> tuple[str, ...]:
    """The columns of text or whole numbers without nulls and without repeated values, the likeliest keys first."""
    likely = [
        candidate
        for candidate in relation.columns
        if candidate.type in _KEY_TYPES and not candidate.nulls and candidate.distinct >= _TOLERANCE * relation.rows
    ]
    if not relation.rows:
        return ()
    likely.sort(key=lambda candidate: _likelihood(candidate, relation), reverse=True)
    # Counting exactly is costly in large tables, so only the likeliest columns are counted there.
    kept = likely[: 2 if relation.rows > _MANY_ROWS else _MOST_COLUMNS]
    return tuple(candidate.name for candidate in kept if _is_unique(engine, relation, (candidate.name,)))


def guess_key(engine: Engine, relation: Relation) -> tuple[str, ...]:
    """The likeliest key: a unique column named like one or standing first, else a unique pair, else a unique text."""
    named_like_keys = [name for name in relation.unique if _is_key_name(name, relation.name)]
    texts = [name for name in relation.unique if relation.column(name).type is ColumnType.TEXT]
    first = relation.columns[0].name if relation.columns else ""
    for candidates in (named_like_keys, [name for name in relation.unique if name == first]):
        if candidates:
            return (candidates[0],)
    return _unique_pair(engine, relation) or tuple(texts[:1])


def _unique_pair(engine: Engine, relation: Relation) -> tuple[str, ...]:
    """The first two columns that identify the rows together; whole numbers count only when named like keys."""
    if relation.rows > _MOST_ROWS_FOR_PAIRS or relation.rows < 2:
        return ()
    columns = [
        candidate
        for candidate in relation.columns
        if candidate.type in _PAIR_TYPES
        and not candidate.nulls
        and (candidate.type is not ColumnType.INTEGER or _is_key_name(candidate.name, relation.name))
    ]
    for pair in itertools.combinations(columns[:_MOST_PAIR_COLUMNS], 2):
        possible = pair[0].distinct * pair[1].distinct
        if possible >= relation.rows and _is_unique(engine, relation, (pair[0].name, pair[1].name)):
            return (pair[0].name, pair[1].name)
    return ()


def _likelihood(candidate: StagedColumn, relation: Relation) -> tuple[bool, bool, int]:
    position = relation.columns.index(candidate)
    return (_is_key_name(candidate.name, relation.name), candidate.type is ColumnType.TEXT, -position)


def _is_key_name(name: str, table: str) -> bool:
    return bool(_KEY_WORD.search(name)) or name in (table, table.removesuffix("s"))


def _is_unique(engine: Engine, relation: Relation, names: tuple[str, ...]) -> bool:
    groups = (
        select([exp.Literal.number(1)])
        .from_(scan())
        .group_by(*(column(name) for name in names))
        .having(exp.GT(this=call("count", exp.Star()), expression=exp.Literal.number(1)))
        .limit(1)
    )
    query = select([named(call("count", exp.Star()), "repeated")]).from_(groups.subquery("groups"))
    return engine.row(query, [str(relation.path)])["repeated"] == 0
