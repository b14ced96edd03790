"""Ranges relative to today: `this month`, `last 4 quarters`, `year to date`."""

import datetime as dt
import re
from functools import lru_cache

from core.errors import InvalidError
from metrics.calendar import Calendar
from metrics.query import AnyGrain, parse_grain

_UNITS = ("fiscal quarter", "fiscal year", "retail month", "day", "week", "month", "quarter", "year")
_DAY = dt.timedelta(days=1)


def find_range(text: str, today: dt.date | None, calendar: Calendar) -> tuple[dt.date, dt.date]:
    """The first and the last day. `last` means whole periods before the running one. Raises InvalidError."""
    words = " ".join(text.casefold().replace("_", " ").split())
    if today is None:
        raise InvalidError(f"The range {text!r} is relative to today, and no day is known; give dates instead.")
    if words in {"today", "yesterday"}:
        day = today - _DAY if words == "yesterday" else today
        return day, day
    this, to_date, last = _patterns(tuple(calendar.own.grains))
    if found := this.fullmatch(words):
        grain = _grain(found[1])
        first = calendar.first_day(today, grain)
        return first, calendar.next_first_day(first, grain) - _DAY
    if found := to_date.fullmatch(words):
        return calendar.first_day(today, _grain(found[1])), today
    if (found := last.fullmatch(words)) and found[1] != "0":
        grain = _grain(found[2])
        after = first = calendar.first_day(today, grain)
        for _ in range(int(found[1] or 1)):
            first = calendar.first_day(first - _DAY, grain)
        return first, after - _DAY
    raise InvalidError(
        f"{text!r} is not a range; write it as `this month`, `last 4 quarters`, `year to date`, `today` or `yesterday`."
    )


@lru_cache(maxsize=64)
def _patterns(own: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """`this X`, `X to date` and `last N Xs`, with the names of the tenant's own grains."""
    names = sorted((*_UNITS, *(name.replace("_", " ") for name in own)), key=len, reverse=True)
    unit = f"({'|'.join(map(re.escape, names))})"
    return (
        re.compile(f"this {unit}"),
        re.compile(f"{unit} to date"),
        re.compile(rf"last (?:(\d{{1,4}}) )?{unit}s?"),
    )


def _grain(words: str) -> AnyGrain:
    return parse_grain(words.replace(" ", "_"))
