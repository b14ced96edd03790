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
    # The column that the first and the last value are taken by.
    order: str | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Two formulas with a sign between them."""

    sign: str
    left: "Formula"
    right: "Formula"


# A number, the name of a measure or metric, an operation, or the negative of a formula.
Formula = Decimal | str | Operation | tuple["Formula"]


@dataclass(frozen=True, kw_only=True)
class Window:
    """Which rows count at the end of a period: those of a `length` before, of the `grain` to date, or all of them; of a
    snapshot those that hold then, until the dimension `until` or until the next row of the same `entity`."""

    length: str | None = None
    grain: str | None = None
    until: str | None = None
    entity: str | None = None

    @property
    def is_snapshot(self) -> bool:
        """Whether rows hold for a while."""
        return self.until is not None or self.entity is not None


@dataclass(frozen=True, kw_only=True)
class Following:
    """What must follow a row: a row of `measure` of `model` of the same entity, within a time."""

    model: str
    measure: str
    entity: str
    their_entity: str
    within: str


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a name of a formula stands for: a measure or metric some time before, over rows that fulfil a condition."""

    of: str
    offset: str | None = None
    where: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of a model; a ratio has a division as formula, a conversion its base, what is no derived one a name."""

    name: str
    kind: str
    formula: Formula
    time: str | None
    type: str = "number"
    # Whether equal numbers are equal to the last digit, and whether zero is met exactly.
    is_exact: bool = False
    is_additive: bool = False
    # Whether a value of zero is met exactly, so that per cents of it are null in both implementations.
    is_comparable: bool = False
    unit: str | None = None
    target: str | None = None
    window: Window | None = None
    following: Following | None = None
    is_rate: bool = False
    meanings: tuple[tuple[str, Meaning], ...] = ()

    def meaning(self, name: str) -> Meaning:
        """What a name of the formula stands for."""
        return dict(self.meanings).get(name) or Meaning(of=name)


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
class Rule:
    """Rows of `table` where its column is one of the values, or goes with a row of `other` by its `key`; without a
    table, rows of every model that reaches the dimension `column`. `attribute` is where a reader has the values."""

    table: str | None
    column: str
    values: tuple[str, ...] = ()
    attribute: str | None = None
    other: str | None = None
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What one role sees: all rules must hold, tables that no rule reaches are hidden unless they are open."""

    role: str
    rules: tuple[Rule, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who asks, and the policies there are."""

    roles: tuple[str, ...]
    attributes: tuple[tuple[str, tuple[str, ...]], ...]
    policies: tuple[Policy, ...]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked; `order` is a metric and whether it descends. `range` is in words, `compare` names comparisons."""

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
    fiscal_start: int = 1
    today: dt.date | None = None
    range: str | None = None
    compare: tuple[str, ...] = ()
    having: Condition | None = None
    has_totals: bool = False
    is_filled: bool = False
    top: int | None = None
    reader: Reader | None = None
    # The calendar of the tenant's own: the season of each day; its days are not all there.
    seasons: tuple[tuple[dt.date, str], ...] = field(default=(), repr=False)


class Refusal(Exception):
    """The question has no right answer; the message is the reason in a few words."""
