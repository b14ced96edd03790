"""What a notebook needs from whoever answers its questions. The answerer applies permissions and row policies."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from core.result import Result
from metrics import Better, MetricQuery

if TYPE_CHECKING:
    from notebooks.paged import PageAnswer, PageQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFacts:
    """What a notebook must know of a metric to show it; `unit` and `decimals` are those of `core.result.Column`.

    `is_additive` says that values of separate members and separate periods may be added up (sums and counts, not
    ratios, averages or distinct counts). `numerator` and `denominator` name the additive metrics a ratio divides, where
    both can be asked for. `data_from` and `data_to` are the first and last day its model has rows for, where known:
    inside them a period without rows is zero for an additive metric, outside it is unknown.
    """

    name: str
    label: str
    unit: str | None = None
    decimals: int | None = None
    better: Better = Better.UP
    description: str = ""
    is_additive: bool = False
    numerator: str | None = None
    denominator: str | None = None
    data_from: dt.date | None = None
    data_to: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionFacts:
    """What a suggestion must know of a categorical dimension.

    `member_count` is None where it was not counted; `metrics` are those it can split, None for all.
    """

    name: str
    label: str
    member_count: int | None = None
    metrics: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlQuestion:
    """One SELECT of a member. `values` are bound where the text has their names; `tables` may be read by name."""

    text: str
    values: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    tables: Mapping[str, Result] = field(default_factory=dict)


class Ask(Protocol):
    """Answers questions about metrics, and SQL, for one principal."""

    def ask(self, query: MetricQuery) -> Result:
        """The answer: `period` where there is a grain, then the dimensions, then the metrics. Raises UserError."""
        ...

    def metric(self, name: str) -> MetricFacts:
        """What is known of a metric. Raises InvalidError that names the nearest one."""
        ...

    def select(self, question: SqlQuestion) -> Result:
        """The rows of one SELECT. Raises UserError naming what is not allowed."""
        ...

    def page(self, question: "PageQuestion") -> "PageAnswer":
        """What a page shows that is asked for. Raises UserError."""
        ...

    def members(self, dimension: str) -> tuple[str, ...]:
        """The members of a dimension, as far as they can be chosen from. Raises InvalidError."""
        ...
