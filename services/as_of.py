"""A date or moment as typed, as the moment that tables are read as of."""

import datetime as dt
from zoneinfo import ZoneInfo

from core.errors import InvalidError


def parse_as_of(text: str, zone: str) -> dt.datetime:
    """The last moment of a day in the tenant's zone, or a moment. Raises InvalidError.

    >>> parse_as_of("2026-06-30", "Europe/Berlin").astimezone(dt.UTC).isoformat()
    '2026-06-30T21:59:59.999999+00:00'
    """
    try:
        if len(text.strip()) == len("2026-06-30"):
            day = dt.date.fromisoformat(text.strip()) + dt.timedelta(days=1)
            return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC) - dt.timedelta(microseconds=1)
        moment = dt.datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise InvalidError(
            f"{text!r} is no date. Write a day as 2026-06-30, or a moment as 2026-06-30T12:00:00Z."
        ) from None
    return moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment
