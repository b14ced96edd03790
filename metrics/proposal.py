"""A first model and first metrics for tables nobody has described yet: a draft to correct, not a finding.

Judged by what is in the columns, and where that leaves a choice by what they are called.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import yaml

from core.result import ColumnType

_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})
_TIMES = frozenset({ColumnType.DATE, ColumnType.DATETIME})
_MONEY = re.compile(r"amount|revenue|sales|value|spend|cost|mrr|arr|invoiced|paid|bookings|total|gmv|budget|fee")
# What is never added up: a share, a price of one, an age, a mark.
_LEVEL = re.compile(
    r"rate|percent|pct|ratio|share|score|price|age|rating|probability|discount|temperature|index|margin"
)
# Numbers that are names.
_NAME = re.compile(
    r"(^|_)(id|year|zip|postcode|phone|latitude|longitude)(_|$)|(^|_)(no|number|code|month|day|week|lat|lon)$"
)
_ADDED_UP = re.compile(r"total|amount|revenue")
_HAPPENED = ("close", "order", "invoice", "event", "transaction", "purchase", "created", "date", "start")
_WIN_RATE = "win_rate"
_MOST_VALUES = 1_000
_MOST_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchColumn:
    """What is known of a column: its type, how many rows have no value, about how many values there are.

    `values` are all of them where there are few, otherwise empty.
    """

    name: str
    type: ColumnType
    nulls: int
    distinct: int
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchTable:
    """What is known of a table. `key` is unique and never null, or empty."""

    name: str
    rows: int
    columns: tuple[SketchColumn, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchJoin:
    """A column whose values are the key of another table."""

    from_table: str
    from_column: str
    to_table: str
    to_column: str


def propose(tables: Sequence[SketchTable], joins: Iterable[SketchJoin], *, currency: str) -> dict[str, str]:
    """YAML texts by file name, one model for each table that has rows; `currency` is an ISO 4217 code."""
    by_name = {table.name: table for table in tables}
    used = [join for join in joins if join.from_table in by_name and _is_key(by_name.get(join.to_table), join)]
    return {
        f"{table.name}.yaml": yaml.safe_dump(
            _model(table, [join for join in used if join.from_table == table.name], currency),
            sort_keys=False,
            allow_unicode=True,
            width=120,
        )
        for table in tables
        if table.rows
    }


def _is_key(table: SketchTable | None, join: SketchJoin) -> bool:
    return table is not None and table.key == (join.to_column,) and join.from_table != join.to_table


def _model(table: SketchTable, joins: Sequence[SketchJoin], currency: str) -> dict[str, object]:
    foreign = {join.from_column for join in joins}
    numbers = [one for one in table.columns if _is_quantity(one, table, foreign)]
    times = [one for one in table.columns if one.type in _TIMES]
    time = min(times, key=lambda one: _how_unlikely(one, table.rows), default=None)
    measures: dict[str, object] = {"rows": {"agg": "count"}}
    measures |= {f"{one.name}_{_way(one)}": {"agg": _way(one), "sql": _quoted(one.name)} for one in numbers}
    rates = [rate for one in table.columns if (rate := _rate(one)) is not None]
    for rate in rates:
        measures |= rate.measures()
    found: dict[str, object] = {
        "model": table.name,
        "label": _words(table.name),
        "description": "Proposed from what is in the table; correct it as you like.",
        "table": table.name,
    }
    if table.key:
        found["key"] = table.key[0] if len(table.key) == 1 else list(table.key)
    if time is not None:
        found["time"] = time.name
    if joins:
        found["joins"] = _joins(joins)
    found["dimensions"] = {
        **{one.name: {"column": one.name, "label": _words(one.name)} for one in _categories(table, foreign)},
        **{one.name: {"type": "time", "column": one.name, "label": _words(one.name)} for one in times},
    }
    found["measures"] = measures
    won = next((rate.hit for rate in rates if rate.name == _WIN_RATE), None)
    money = [one for one in numbers if won is not None and _way(one) == "sum" and _MONEY.search(one.name)]
    measures |= {f"won_{one.name}": {"agg": "sum", "sql": _quoted(one.name), "where": won} for one in money}
    found["metrics"] = {
        **{f"{table.name}_won_{one.name}": _won_metric(one, currency) for one in money},
        **_metrics(table, numbers, currency),
        **{f"{table.name}_{rate.name}": rate.metric() for rate in rates},
    }
    return {name: part for name, part in found.items() if part != {}}


def _joins(joins: Sequence[SketchJoin]) -> list[dict[str, object]]:
    """One for each column; the second to one model is called by its own column."""
    seen: set[str] = set()
    found: list[dict[str, object]] = []
    for join in joins:
        name = {"name": join.from_column.removesuffix("_id")} if join.to_table in seen else {}
        seen.add(join.to_table)
        found.append({**name, "to": join.to_table, "on": {join.from_column: join.to_column}})
    return found


def _metrics(table: SketchTable, numbers: Sequence[SketchColumn], currency: str) -> dict[str, object]:
    """What is counted, and what each number comes to; named after the table, because names hold for the tenant."""
    things = _words(table.name)
    metrics: dict[str, object] = {
        f"{table.name}_count": {
            "kind": "simple",
            "measure": "rows",
            "label": things,
            "unit": things.lower(),
            "better": "up",
        }
    }
    for one in numbers:
        way = _way(one)
        prefix, words = ("total", "Total") if way == "sum" else ("average", "Average")
        unit = {"unit": currency} if _MONEY.search(one.name) or "price" in one.name else {}
        metrics[f"{table.name}_{prefix}_{one.name}"] = {
            "kind": "simple",
            "measure": f"{one.name}_{way}",
            "label": f"{words} {_words(one.name).lower()}",
            **unit,
            "better": "neutral" if re.search(r"cost|spend|discount|fee", one.name) else "up",
        }
    return metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rate:
    """The share of rows that came out well, among those that came out."""

    name: str
    label: str
    hit: str
    decided: str

    def measures(self) -> dict[str, object]:
        """What is counted above and below the line."""
        return {
            f"{self.name}_hits": {"agg": "count", "where": self.hit},
            f"{self.name}_base": {"agg": "count", "where": self.decided},
        }

    def metric(self) -> dict[str, object]:
        """The one over the other."""
        return {
            "kind": "ratio",
            "numerator": f"{self.name}_hits",
            "denominator": f"{self.name}_base",
            "label": self.label,
            "unit": "ratio",
            "decimals": 2,
            "better": "down" if re.search(r"churn|lost|cancel|return|refund|bounce|error|fail", self.name) else "up",
        }


def _rate(column: SketchColumn) -> _Rate | None:
    """The rate a column stands for: yes of yes and no, won of won and lost."""
    name = _quoted(column.name)
    if column.type is ColumnType.BOOLEAN:
        return _Rate(name=f"{column.name}_rate", label=_rate_label(column), hit=name, decided=f"{name} IS NOT NULL")
    by_word = {value.strip().casefold(): value for value in column.values}
    if {"won", "lost"} <= set(by_word):
        won, lost = by_word["won"], by_word["lost"]
        both = f"{name} IN ({_text(won)}, {_text(lost)})"
        return _Rate(name=_WIN_RATE, label="Win rate", hit=f"{name} = {_text(won)}", decided=both)
    if set(by_word) == {"yes", "no"}:
        hit = f"{name} = {_text(by_word['yes'])}"
        return _Rate(name=f"{column.name}_rate", label=_rate_label(column), hit=hit, decided=f"{name} IS NOT NULL")
    return None


def _rate_label(column: SketchColumn) -> str:
    return f"{_words(re.sub(r'^(is|has)_', '', column.name))} rate"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _won_metric(column: SketchColumn, currency: str) -> dict[str, object]:
    label = f"Won {_words(column.name).lower()}"
    return {"kind": "simple", "measure": f"won_{column.name}", "label": label, "unit": currency, "better": "up"}


def _is_quantity(column: SketchColumn, table: SketchTable, foreign: set[str]) -> bool:
    """Whether a number says how much, rather than which."""
    return (
        column.type in _NUMBERS
        and column.name not in foreign
        and column.name not in table.key
        and not _NAME.search(column.name)
        and column.distinct > 1
    )


def _categories(table: SketchTable, foreign: set[str]) -> list[SketchColumn]:
    """The columns that rows fall into groups by."""
    return [
        one
        for one in table.columns
        if one.type in {ColumnType.TEXT, ColumnType.BOOLEAN}
        and (one.name in foreign or (1 < one.distinct <= _MOST_VALUES and one.distinct <= table.rows * _MOST_SHARE))
    ]


def _way(column: SketchColumn) -> str:
    return "average" if _LEVEL.search(column.name) and not _ADDED_UP.search(column.name) else "sum"


def _how_unlikely(column: SketchColumn, rows: int) -> tuple[bool, int, float]:
    """Orders columns of time: one with values in most rows, called like something that happened, with few gaps."""
    empty = column.nulls / rows if rows else 1.0
    place = next((number for number, word in enumerate(_HAPPENED) if word in column.name), len(_HAPPENED))
    return empty > _MOST_SHARE, place, empty


def _words(name: str) -> str:
    """A name as people write it.

    >>> _words("sales_pipeline")
    'Sales pipeline'
    """
    return name.replace("_", " ").strip().capitalize() or name


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'
