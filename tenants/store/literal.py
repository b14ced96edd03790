"""Values as SQL literals, for the text that the engine alone is given.

Values bound by the engine's Python client would do the same, but the first of them makes it import pandas, which costs
half of the time to a first page and a third of the memory. The text of the question never holds a value.
"""

import datetime as dt
from decimal import Decimal
from math import isfinite

from core.errors import InvalidError


def render_literal(value: object) -> str:
    """One value. Raises InvalidError for a type that no question has.

    >>> [render_literal(value) for value in ("O'Brien", -3, dt.date(2026, 1, 31), None)]
    ["'O''Brien'", '-3', "CAST('2026-01-31' AS DATE)", 'NULL']
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _cast(repr(value), "DOUBLE")
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, dt.datetime):
        return _cast(value.isoformat(sep=" "), "TIMESTAMP" if value.tzinfo is None else "TIMESTAMPTZ")
    if isinstance(value, dt.date):
        return _cast(value.isoformat(), "DATE")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(render_literal, value))}]"
    raise InvalidError(f"A question cannot hold a value of the type {type(value).__name__}.")


def _decimal(value: Decimal) -> str:
    if not isfinite(value):
        return _cast(str(value), "DOUBLE")
    text = f"{value:f}"
    digits = len(text.lstrip("-").replace(".", ""))
    places = len(text.partition(".")[2])
    return _cast(text, f"DECIMAL({max(digits, 1)}, {places})" if digits <= 38 else "DOUBLE")


def _cast(text: str, kind: str) -> str:
    return f"CAST({_text(text)} AS {kind})"


def _text(text: str) -> str:
    """A string literal: the only special sign in one is its quote, but a text of SQL ends at a NUL."""
    parts = ("'" + part.replace("'", "''") + "'" for part in text.split("\0"))
    return " || chr(0) || ".join(parts)
