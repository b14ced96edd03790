"""What the definition files say, as values: models with their joins, dimensions and measures, and metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sqlglot import exp

from core.result import ColumnType
from metrics.aggregation import Aggregation
from metrics.errors import Problem
from metrics.filter import Filter
from metrics.guard import Scalar
from metrics.recipe import Recipe

# The column of the time grain in a result; no dimension and no metric may have its name.
PERIOD = "period"
# Says of a row that it is the members beyond the top ones together.
OTHER = "other"
# How many dimensions a row of a total has been added up over.
TOTAL = "total"


class Better(StrEnum):
    """Which direction of a metric is good; colours a change."""

    DOWN = "down"
    NEUTRAL = "neutral"
    UP = "up"


class Temporal(StrEnum):
    """How a time column counts. A naive timestamp is taken to be UTC; a date has no zone."""

    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMPTZ = "timestamptz"


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionDefinition:
    """A dimension as its model defines it.

    `type` is None and `temporal` is None for a time dimension where neither the definition nor a schema tells.
    `problem` is why it cannot be used, None where it can.
    """

    name: str
    label: str
    description: str = ""
    scalar: Scalar
    type: ColumnType | None = None
    is_time: bool = False
    temporal: Temporal | None = None
    problem: Problem | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An aggregate over own columns. `scalar` is None for a count of rows, `where` restricts the rows it takes.

    `fraction` is the share of values below a percentile, `order` what the first and the last value are taken by; both
    are None for other aggregates. `is_exact` says that its values are added up without rounding, in whatever order;
    `is_recount` that they are counts made before, which are added up.
    """

    name: str
    aggregation: Aggregation
    scalar: Scalar | None = None
    where: Scalar | None = None
    fraction: Decimal | None = None
    order: Scalar | None = None
    type: ColumnType = ColumnType.NUMBER
    is_exact: bool = False
    is_recount: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A many-to-one join to another model: pairs of our column and their key column.

    `problem` is why it cannot be used, None where it can.
    """

    name: str
    to: str
    label: str
    on: tuple[tuple[str, str], ...]
    problem: Problem | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Which columns of a history of changes are a deal, its amount, its expected close and its stage after a change.

    `won` and `lost` are the stages of deals that are open no longer. `owner` is the dimension that says whose a deal
    is; empty where nothing does.
    """

    entity: str
    amount: str
    close: str
    stage: str
    won: tuple[str, ...]
    lost: tuple[str, ...]
    owner: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEntity:
    """Whose events they are: a person, an account, a deal. `title` is the dimension that names one, None for none."""

    name: str
    label: str
    column: str
    title: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventModel:
    """What makes rows events: the dimension `event` names each one, null where a row is none.

    `value` is a column of amounts. `steps`, `start` and `returns` are what the pages Funnels and Retention open with,
    `ends` the events after which an entity can convert no more. Touches have a `channel`, a dimension, and `cost`, a
    metric of what they cost; events that are conversions are in `converts`. `variant` is the dimension that tells the
    variants of an experiment apart.
    """

    event: str
    entities: Mapping[str, EventEntity]
    value: str | None = None
    steps: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    channel: str | None = None
    cost: str | None = None
    converts: tuple[str, ...] = ()
    variant: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCalendar:
    """Which column of a table of days is the day, and which columns name the periods it belongs to, by grain."""

    day: str
    grains: Mapping[str, str]
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A semantic model over a table (`table`) or over one SELECT (`query`, with its text in `sql`)."""

    name: str
    label: str
    description: str = ""
    table: str | None = None
    sql: str | None = None
    query: exp.Query | None = field(default=None, compare=False, repr=False)
    key: tuple[str, ...] = ()
    time: str | None = None
    joins: Mapping[str, Join] = field(default_factory=dict)
    dimensions: Mapping[str, DimensionDefinition] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    pipeline: Pipeline | None = None
    segments: Mapping[str, Filter] = field(default_factory=dict)
    events: EventModel | None = None
    calendar: OwnCalendar | None = None
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number with a name.

    `unit` and `decimals` are those of `core.result.Column`. `recipe` is how its kind computes it, None for one whose
    definition has a problem. `time` is the time dimension of `model` it is counted by, `target` the metric it is
    compared with.
    """

    name: str
    label: str
    kind: str
    model: str
    recipe: Recipe | None
    unit: str | None = None
    decimals: int | None = None
    better: Better = Better.UP
    description: str = ""
    owner: str | None = None
    time: str | None = None
    target: str | None = None
    type: ColumnType = ColumnType.NUMBER
    file: str = ""
    line: int = 0

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of measures of `model` or of other metrics it is made of, in the order of its recipe."""
        return self.recipe.inputs if self.recipe else ()
