"""How numbers are written: short on tiles, in full in tables, with the unit, with a real minus.

Units are those of `core.result.Column.unit`. Undefined is an em dash, never 0.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

MINUS = "\u2212"
NARROW_SPACE = "\u202f"
UNDEFINED = "\u2014"

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CHF": "CHF ", "CAD": "CA$", "AUD": "A$"}
_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))

Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """A number ready to be set: `text` in large type, `unit` smaller behind it (may be empty)."""

    text: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.text}{NARROW_SPACE}{self.unit}" if self.unit else self.text


def is_currency(unit: str | None) -> bool:
    """Whether a unit is an ISO 4217 code."""
    return unit is not None and len(unit) == 3 and unit.isalpha() and unit.isupper()


def is_undefined(value: object) -> bool:
    """Whether a value has no number to show: null, not a number, or infinite."""
    if isinstance(value, Decimal):
        return not value.is_finite()
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _signed(body: str, value: Number, *, sign: bool) -> str:
    if value < 0:
        return MINUS + body
    return "+" + body if sign and value > 0 else body


def _significant(value: float) -> str:
    """Three to four significant figures of a value below 1000, thousands never needed."""
    if value >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def currency_symbol(unit: str | None) -> str:
    """The sign before an amount of a currency, or its code and a space; empty for what is no currency."""
    return _SYMBOLS.get(unit or "", f"{unit} ") if is_currency(unit) else ""


def compact(value: Number | None, unit: str | None = None, *, sign: bool = False) -> Figure:
    """A number for a tile or an axis: 3 to 4 significant figures, scaled.

    >>> str(compact(1_240_000, "USD"))
    '$1.24\u202fM'
    >>> str(compact(0.2381, "ratio"))
    '23.8\u202f%'
    """
    if value is None or is_undefined(value):
        return Figure(UNDEFINED)
    number = float(value)
    size = abs(number)
    if unit == "ratio":
        return Figure(_signed(f"{size * 100:.1f}", number, sign=sign), "%")
    noun = "" if unit is None or is_currency(unit) else unit
    for index, (scale, letter) in enumerate(_SCALES):
        # A value that would round up to 1000 of its scale belongs to the next one.
        if size >= scale * (1 if index == len(_SCALES) - 1 else 0.9995):
            body = f"{currency_symbol(unit)}{_scaled(size / scale)}"
            return Figure(_signed(body, number, sign=sign), letter)
    body = f"{currency_symbol(unit)}{_significant(size)}"
    return Figure(_signed(body, number, sign=sign), noun)


def _scaled(size: float) -> str:
    if size >= 99.95:
        return f"{size:.0f}"
    return f"{size:.1f}" if size >= 9.995 else f"{size:.2f}"


def full(value: Number | None, unit: str | None = None, *, decimals: int | None = None) -> str:
    """A number for a table cell: every digit that matters, thousands separated.

    >>> full(10005534, "USD")
    '$10,005,534'
    >>> full(0.63151, "ratio", decimals=2)
    '63.15\u202f%'
    """
    if value is None or is_undefined(value):
        return UNDEFINED
    if unit == "ratio":
        places = 1 if decimals is None else decimals
        return _signed(f"{abs(float(value)) * 100:,.{places}f}{NARROW_SPACE}%", value, sign=False)
    if decimals is None:
        decimals = 0 if float(value) == int(value) else 2
    return _signed(f"{currency_symbol(unit)}{abs(value):,.{decimals}f}", value, sign=False)


def p_value(value: float | None) -> str:
    """The probability of what was seen by chance alone, to three places.

    >>> p_value(0.0312), p_value(1e-9), p_value(None)
    ('0.031', '<\u202f0.001', '—')
    """
    if value is None:
        return UNDEFINED
    return f"{value:.3f}" if value >= 0.0005 else "<\u202f0.001"


def change(value: Number | None, unit: str | None = None, *, is_relative: bool = False) -> str:
    """A difference with its sign: relative ones in per cent, differences of ratios in points.

    >>> change(-0.041, "ratio")
    '\u22124.1 pts'
    >>> change(0.085, is_relative=True), change(-0.0002, "ratio")
    ('+8.5%', '0.0 pts')
    """
    if value is None or is_undefined(value):
        return UNDEFINED
    number = float(value)
    if is_relative:
        return _signed_percent(number, "%")
    if unit == "ratio":
        return _signed_percent(number, " pts")
    return str(compact(value, unit, sign=True))


def _signed_percent(share: float, ending: str) -> str:
    """Per cent to one decimal; what rounds to nothing has no sign."""
    body = f"{abs(share) * 100:.1f}"
    return body + ending if float(body) == 0 else _signed(body + ending, share, sign=True)
