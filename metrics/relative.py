"""Ranges relative to today: `this month`, `last 4 quarters`, `year to date`."""

import datetime as dt
import re

from core.errors import InvalidError
from metrics.calendar import Calendar
from metrics.query import Grain

_UNIT = r"(fiscal quarter|fiscal year|retail month|day|week|month|quarter|year)"
_LAST = re.compile(rf"last (?:(\d{{1,4}}) )?{_UNIT}s?")
_THIS = re.compile(rf"this {_UNIT}")
_TO_DATE = re.compile(rf"{_UNIT} to date")
_DAY = dt.timedelta(days=1)


def find_range(text: str, today: dt.date | None, calendar: Calendar) -> tuple[dt.date, dt.date]:
    """The first and the last day. `last` means whole periods before the running one. Raises InvalidError."""
    words = " ".join(text.casefold().replace("_", " ").split())
    if today is None:
        raise InvalidError(f"The range {text!r} is relative to today, and no day is known; give dates instead.")
    if words in {"today", "yesterday"}:
        day = today - _DAY if words == "yesterday" else today
        return day, day
    if found := _THIS.fullmatch(words):
        grain = _grain(found[1])
        first = calendar.first_day(today, grain)
        return first, calendar.next_first_day(first, grain) - _DAY
    if found := _TO_DATE.fullmatch(words):
        return calendar.first_day(today, _grain(found[1])), today
    if (found := _LAST.fullmatch(words)) and found[1] != "0":
        grain = _grain(found[2])
        after = first = calendar.first_day(today, grain)
        for _ in range(int(found[1] or 1)):
            first = calendar.first_day(first - _DAY, grain)
        return first, after - _DAY
    raise InvalidError(
        f"{text!r} is not a range; write it as `this month`, `last 4 quarters`, `year to date`, `today` or `yesterday`."
    )


def _grain(words: str) -> Grain:
    return Grain(words.replace(" ", "_"))
