"""The question: which metrics, split by what, over which time, of which rows."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Grain(StrEnum):
    """The length of a period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """A question to the metrics layer. Equal questions are equal values, so one can be a cache key.

    `start` and `end` are both included, in the tenant's time zone; `where` is filter text as in docs/metrics.md.
    `order` names result columns, a leading minus for descending; the default is period, then dimensions.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    grain: Grain | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    where: str | None = None
    order: tuple[str, ...] = ()
    limit: int | None = None
