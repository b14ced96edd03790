"""Definitions, data and questions as plain values."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

# A row by column names. Values are str, int, Decimal, float, bool, date, datetime (naive is UTC) or None.
Row = dict[str, Any]
Literal = str | int | Decimal | bool


@dataclass(frozen=True, kw_only=True)
class Test:
    """A condition on one name. `operator` is as written in the filter language, in capitals."""

    __test__ = False

    name: str
    operator: str
    values: tuple[Literal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Both:
    """All parts hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, kw_only=True)
class Either:
    """One of the parts holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, kw_only=True)
class Negation:
    """The part is false."""

    part: "Condition"


Condition = Test | Both | Either | Negation


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """A column, or with `fallback` its value where there is one, or with `threshold` whether it is large or small."""

    name: str
    column: str
    type: str
    fallback: str | None = None
    threshold: int | None = None


@dataclass(frozen=True, kw_only=True)
class Measure:
    """An aggregate of a column (None: of rows), over the rows that fulfil a condition on columns."""

    name: str
    aggregation: str
    column: str | None
    type: str
    where: Condition | None = None
    fraction: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Two formulas with a sign between them."""

    sign: str
    left: "Formula"
    right: "Formula"


# A number, the name of a measure or metric, an operation, or the negative of a formula.
Formula = Decimal | str | Operation | tuple["Formula"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of a model; a simple one and a share have one name as formula, a ratio a division."""

    name: str
    kind: str
    formula: Formula
    time: str | None
    type: str = "number"
    # Whether equal numbers are equal to the last digit, and whether zero is met exactly.
    is_exact: bool = False
    is_additive: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Join:
    """Pairs of our column and their key column."""

    name: str
    to: str
    on: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A table with its types, its rows and what is defined over it."""

    name: str
    types: dict[str, str]
    rows: list[Row]
    key: tuple[str, ...]
    time: str | None
    joins: list[Join] = field(default_factory=list)
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class World:
    """Models by name."""

    models: dict[str, Model]

    def home_of(self, metric: str) -> Model:
        """The model a metric is defined in."""
        return next(model for model in self.models.values() if metric in model.metrics)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked; `order` is a metric and whether it descends."""

    metrics: tuple[str, ...]
    by: tuple[str, ...]
    grain: str | None
    start: dt.date | None
    end: dt.date | None
    where: Condition | None
    order: tuple[str, bool] | None
    limit: int | None
    zone: str
    week_start: int


class Refusal(Exception):
    """The question has no right answer; the message is the reason in a few words."""
