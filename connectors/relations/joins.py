"""Which columns hold keys of other tables, judged by names and by values.

The rule. A column may point to a unique column of text or whole numbers when both have the same type, and
1. the names are alike (equal but for the table's name and endings such as `_id`) and at least half of its distinct
   values are found there; or
2. it is text under another name, at least 90 % of its distinct values are found there, and there are three or more.
Names such as `id` and `name`, which every table has, count only together with the table's name. Whole numbers under
different names never count: small numbers are found everywhere. Each column points to one table at most, the best one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast as typed

from sqlglot import exp

from connectors.engine import Engine
from connectors.inference.expressions import call, column, count_if, is_known, is_null, literal, named, scan, select
from connectors.relations.keys import Relation
from connectors.result import GuessedJoin, StagedColumn, Unmatched
from core.result import ColumnType

_ENDING = re.compile(r"_(?:id|key|code|uuid|guid|number|no|nr|name|fk|ref)$")
_GENERIC = frozenset({"", "id", "key", "code", "uuid", "guid", "number", "no", "nr", "name", "type", "status", "label"})
_ALIKE_SHARE, _OTHER_SHARE, _OTHER_VALUES = 0.5, 0.9, 3
_TESTED_VALUES = 200
_MOST_OTHER_DISTINCT = 100_000
_MOST_OTHER_COLUMNS = 200
_EXAMPLES = 5
_NEAR = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A column and the unique column it may point to."""

    left: Relation
    from_column: StagedColumn
    right: Relation
    to_column: StagedColumn
    is_alike: bool


def guess_joins(engine: Engine, relations: Sequence[Relation]) -> tuple[GuessedJoin, ...]:
    """The joins between the tables, in the order of the tables and their columns."""
    samples = _Samples(engine)
    best: list[_Found] = []
    for left in relations:
        for from_column in left.columns:
            candidates = [pair for right in relations for pair in _pairs(left, from_column, right)]
            likely = [pair for pair in candidates if samples.speaks_for(pair)]
            found = [_Found(pair, _found_share(engine, pair)) for pair in likely]
            found = [one for one in found if one.share >= _least_share(one.pair)]
            if found:
                best.append(max(found, key=lambda one: (one.pair.is_alike, one.share)))
    return tuple(_describe(engine, one.pair) for one in best if not _has_better_reverse(one, best))


@dataclass(frozen=True, slots=True)
class _Found:
    """A pair and the share of the column's distinct values that are keys of the other table."""

    pair: _Pair
    share: float


def _has_better_reverse(one: _Found, others: Sequence[_Found]) -> bool:
    """Two unique columns may match in both directions; the join points to the table that has more of the values."""
    for other in others:
        pair, back = one.pair, other.pair
        is_reverse = (pair.left, pair.from_column, pair.right, pair.to_column) == (
            back.right,
            back.to_column,
            back.left,
            back.from_column,
        )
        if is_reverse and (other.share, back.left.rows, back.left.name) > (one.share, pair.left.rows, pair.left.name):
            return True
    return False


def _pairs(left: Relation, from_column: StagedColumn, right: Relation) -> list[_Pair]:
    """The unique columns of `right` that a column may point to by type and name alone."""
    if from_column.type not in (ColumnType.TEXT, ColumnType.INTEGER) or not from_column.distinct:
        return []
    pairs = []
    for name in right.unique:
        to_column = right.column(name)
        if to_column.type is not from_column.type or (left is right and name == from_column.name):
            continue
        is_alike = _is_alike(left, from_column.name, right, name)
        if is_alike or (len(left.columns) <= _MOST_OTHER_COLUMNS and _is_worth_testing(from_column, to_column)):
            pairs.append(_Pair(left=left, from_column=from_column, right=right, to_column=to_column, is_alike=is_alike))
    return pairs


def _is_worth_testing(from_column: StagedColumn, to_column: StagedColumn) -> bool:
    is_small = max(from_column.distinct, to_column.distinct) <= _MOST_OTHER_DISTINCT
    has_enough = _OTHER_VALUES <= from_column.distinct <= to_column.distinct
    return from_column.type is ColumnType.TEXT and is_small and has_enough


def _least_share(pair: _Pair) -> float:
    return _ALIKE_SHARE if pair.is_alike else _OTHER_SHARE


@dataclass(slots=True)
class _Samples:
    """Some distinct values of columns, and all values of keys, each fetched once: most pairs are ruled out by these."""

    engine: Engine
    values: dict[tuple[Path, str], frozenset[object]] = field(default_factory=dict)

    def speaks_for(self, pair: _Pair) -> bool:
        """Whether a join is possible; pairs with names alike are always looked at closely."""
        if pair.is_alike:
            return True
        some = self._fetch(pair.left.path, pair.from_column.name, limit=_TESTED_VALUES)
        keys = self._fetch(pair.right.path, pair.to_column.name, limit=None)
        return len(some & keys) >= _OTHER_SHARE * len(some)

    def _fetch(self, path: Path, name: str, *, limit: int | None) -> frozenset[object]:
        key = (path, name if limit is None else f"{name} (some)")
        if key not in self.values:
            query = select([named(column(name), "value")]).from_(scan()).where(is_known(column(name))).distinct()
            rows = self.engine.rows(query if limit is None else query.limit(limit), [str(path)])
            self.values[key] = frozenset(row["value"] for row in rows)
        return self.values[key]


def _is_alike(left: Relation, from_name: str, right: Relation, to_name: str) -> bool:
    """Whether two names mean the same: `account_id` and `accounts.id`, `product` and `products.product`."""
    if from_name == to_name:
        return from_name not in _GENERIC
    subject = _singular(right.name)
    stem = _ENDING.sub("", from_name)
    target = _ENDING.sub("", to_name)
    if stem in _GENERIC:
        return False
    if target in _GENERIC or _singular(target) == subject:
        return _singular(stem) == subject and left is not right
    return stem == target


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name.removesuffix("s")


def _values(pair: _Pair) -> exp.Select:
    values = column(pair.from_column.name)
    query = select([named(values, "value"), named(call("count", exp.Star()), "rows")]).from_(scan())
    return query.where(is_known(values)).group_by(values)


def _keys(pair: _Pair) -> exp.Select:
    return select([named(column(pair.to_column.name), "key")]).from_(scan())


def _joined(pair: _Pair, parts: Sequence[exp.Expression]) -> exp.Select:
    """Distinct values of the column (`value`, `rows`) with the key that equals them (`key`), or null."""
    on = exp.EQ(this=column("value"), expression=column("key"))
    values, keys = _values(pair).subquery("v"), _keys(pair).subquery("k")
    return select(parts).from_(values).join(keys, on=on, join_type="left")


def _found_share(engine: Engine, pair: _Pair) -> float:
    parts = [named(count_if(is_known(column("key"))), "found"), named(call("count", exp.Star()), "all")]
    row = engine.row(_joined(pair, parts), _paths(pair))
    found, every = typed(int, row["found"]), typed(int, row["all"])
    return found / every if every else 0.0


def _describe(engine: Engine, pair: _Pair) -> GuessedJoin:
    is_missing = is_null(column("key"))
    rows = call("coalesce", call("sum", exp.Case().when(is_missing, column("rows"))), exp.Literal.number(0))
    parts = [named(exp.Cast(this=rows, to=exp.DataType.build("BIGINT")), "rows"), named(count_if(is_missing), "values")]
    missing = engine.row(_joined(pair, parts), _paths(pair))
    unmatched = typed(int, missing["rows"])
    return GuessedJoin(
        from_table=pair.left.name,
        from_column=pair.from_column.name,
        to_table=pair.right.name,
        to_column=pair.to_column.name,
        matched_rows=pair.left.rows - pair.from_column.nulls - unmatched,
        unmatched_rows=unmatched,
        null_rows=pair.from_column.nulls,
        unmatched_values=typed(int, missing["values"]),
        examples=_examples(engine, pair) if unmatched else (),
    )


def _examples(engine: Engine, pair: _Pair) -> tuple[Unmatched, ...]:
    query = _joined(pair, [column("value"), column("rows")]).where(is_null(column("key")))
    query = query.order_by(exp.Ordered(this=column("rows"), desc=True), column("value")).limit(_EXAMPLES)
    return tuple(
        Unmatched(
            value=str(row["value"]), rows=typed(int, row["rows"]), nearest=_nearest(engine, pair, str(row["value"]))
        )
        for row in engine.rows(query, _paths(pair))
    )


def _nearest(engine: Engine, pair: _Pair, value: str) -> str | None:
    """The most similar key by Jaro-Winkler similarity, capitals aside; None when none is close, and for numbers."""
    if pair.to_column.type is not ColumnType.TEXT:
        return None
    key = column(pair.to_column.name)
    likeness = call("jaro_winkler_similarity", call("lower", key), literal(value.lower()))
    query = (
        select([named(key, "key"), named(likeness, "likeness")])
        .from_(scan())
        .where(exp.GTE(this=likeness, expression=exp.Literal.number(_NEAR)))
        .order_by(exp.Ordered(this=exp.Literal.number(2), desc=True), exp.Literal.number(1))
        .limit(1)
    )
    rows = engine.rows(query, [str(pair.right.path)])
    return str(rows[0]["key"]) if rows else None


def _paths(pair: _Pair) -> list[object]:
    return [str(pair.left.path), str(pair.right.path)]
