"""Columns of a table against those that come in: what is added, what is widened, what stays as it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_UNSIGNED = {"UTINYINT": "SMALLINT", "USMALLINT": "INTEGER", "UINTEGER": "BIGINT", "UBIGINT": "HUGEINT"}
_DIGITS = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 38}
_TIMES = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_MOST_DIGITS = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What to do to a table: columns to add and types to widen by name, and what to tell."""

    added: Mapping[str, str]
    widened: Mapping[str, str]
    told: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether the table stays as it is."""
        return not self.added and not self.widened


def compare_columns(table: str, has: Mapping[str, str], comes: Mapping[str, str], declared: Mapping[str, str]) -> Drift:
    """How a table with the columns `has` takes rows with the columns `comes` (engine's types by name)."""
    added: dict[str, str] = {}
    widened: dict[str, str] = {}
    told: list[str] = []
    for name, arriving in comes.items():
        wanted = declared.get(name, arriving)
        present = has.get(name)
        if present is None:
            added[name] = storable(wanted)
            told.append(f"{table}.{name} is new ({added[name]}).")
        elif (wider := widen(present, wanted)) != present:
            widened[name] = wider
            told.append(f"{table}.{name} is widened from {present} to {wider}.")
        elif present != storable(wanted):
            told.append(f"{table}.{name} came as {wanted}; it stays {present}.")
    told += [f"{table}.{name} does not come any more; its values are kept." for name in has if name not in comes]
    return Drift(added=added, widened=widened, told=tuple(told))


def storable(kind: str) -> str:
    """The type a column of a kind is kept as: text where nothing is known yet."""
    return "VARCHAR" if kind in {'"NULL"', "NULL"} else _UNSIGNED.get(kind, kind)


def widen(present: str, arriving: str) -> str:
    """The narrowest type that holds every value of both, where one holds numbers or times alike; else `present`.

    >>> widen("INTEGER", "BIGINT"), widen("BIGINT", "DECIMAL(10,2)"), widen("DATE", "TIMESTAMP")
    ('BIGINT', 'DECIMAL(21,2)', 'TIMESTAMP')
    >>> widen("BIGINT", "VARCHAR"), widen("DOUBLE", "BIGINT")
    ('BIGINT', 'DOUBLE')
    """
    arriving = storable(arriving)
    if present == arriving:
        return present
    for family in (_WHOLE, _TIMES):
        if present in family and arriving in family:
            return family[max(family.index(present), family.index(arriving))]
    if "DOUBLE" in {present, arriving}:
        return "DOUBLE" if _is_number(present) and _is_number(arriving) else present
    ours, theirs = _decimal(present), _decimal(arriving)
    if ours is None or theirs is None:
        return present
    whole, places = max(ours[0], theirs[0]), max(ours[1], theirs[1])
    if whole + places > _MOST_DIGITS:
        # 38 digits are all the engine has: what does not fit with so many places is found row by row.
        return present
    return f"DECIMAL({whole + places},{places})"


def _decimal(kind: str) -> tuple[int, int] | None:
    """Digits before and after the point."""
    if kind in _DIGITS:
        return _DIGITS[kind], 0
    found = _DECIMAL.fullmatch(kind)
    return (int(found[1]) - int(found[2]), int(found[2])) if found else None


def _is_number(kind: str) -> bool:
    return kind in {"DOUBLE", "FLOAT"} or _decimal(kind) is not None
