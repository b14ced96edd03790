"""The question: which metrics, split by what, over which time, of which rows."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.errors import InvalidError
from core.names import suggestion

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


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


class OwnGrain(str):
    """A grain of a calendar that the tenant keeps in a table, by the name its definition gives it."""

    __slots__ = ()


AnyGrain = Grain | OwnGrain


def parse_grain(text: str) -> AnyGrain:
    """The grain of a name; whether the tenant has one of its own by that name is known when it is asked.

    Raises InvalidError for what cannot be one.
    """
    word = text.strip().casefold()
    if word in list(Grain):
        return Grain(word)
    if not _NAME.fullmatch(word):
        raise unknown_grain(text, ())
    return OwnGrain(word)


def unknown_grain(name: str, own: Iterable[str]) -> InvalidError:
    """What is said of a grain that there is not."""
    return InvalidError(f"There is no grain {name}. {suggestion(name, [*Grain, *own])}")


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
    grain: AnyGrain | None = None
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
