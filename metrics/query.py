"""The question: which metrics, split by what, over which time, of which rows."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Grain(StrEnum):
    """The length of a period."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_YEAR = "fiscal_year"
    RETAIL_MONTH = "retail_month"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """A question to the metrics layer. Equal questions are equal values, so one can be a cache key.

    `start` and `end` are both included, in the tenant's time zone; `where` is filter text as in docs/metrics.md.
    `order` names result columns, a leading minus for descending; the default is period, then dimensions. `range` is a
    range relative to today instead of dates. `compare` names comparisons, `having` is filter text on result columns,
    `top` keeps that many members of the first dimension and puts the others into one.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    grain: Grain | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    where: str | None = None
    order: tuple[str, ...] = ()
    limit: int | None = None
    range: str | None = None
    compare: tuple[str, ...] = ()
    having: str | None = None
    has_totals: bool = False
    is_filled: bool = False
    top: int | None = None
