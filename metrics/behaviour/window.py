"""Conversion windows as they are written, such as `30d`, `12h`, `90m`, and as the kernels count them."""

import datetime as dt
import re

from core.errors import InvalidError

# Longer than any two times are apart, and still far from the end of 64 bits.
UNLIMITED_US = 1 << 62

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)", re.IGNORECASE)


def parse_window(text: str) -> dt.timedelta:
    """A length of time from its text; a day is 24 hours. Raises InvalidError.

    >>> parse_window("90m")
    datetime.timedelta(seconds=5400)
    >>> parse_window("30d").days
    30
    """
    count, unit = _read(text)
    try:
        return dt.timedelta(**{unit: count})
    except OverflowError as error:
        raise InvalidError(f"A conversion window of {text} is too long; the longest is 999999999d.") from error


def say_length(text: str) -> str:
    """A written length of time in words, in its own unit. Raises InvalidError.

    >>> say_length("90m"), say_length("1d"), say_length("1.5h")
    ('90 minutes', '1 day', '1.5 hours')
    """
    count, unit = _read(text)
    return f"{count:,.10g} {unit.removesuffix('s') if count == 1 else unit}"


def to_us(length: dt.timedelta) -> int:
    """A length of time in microseconds, at most what is as good as unlimited."""
    return min(UNLIMITED_US, (length.days * 86_400 + length.seconds) * 10**6 + length.microseconds)


def _read(text: str) -> tuple[float, str]:
    found = _WRITTEN.fullmatch(text.strip())
    unit = _UNITS.get(found.group(2).lower()) if found else None
    if found is None or unit is None:
        raise InvalidError(
            f"{text!r} is not a conversion window. Write a number and a unit: 45s, 90m (minutes), 12h, 30d or 4w."
        )
    return float(found.group(1)), unit
