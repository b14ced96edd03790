"""The value axis: a range that does the data justice, and ticks at numbers people count in."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from charts.labels import LONG_NUMBER, scientific
from core.numbers import NARROW_SPACE, full, is_currency

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))

# Beyond these a range would overflow a float, or vanish in one; such values are drawn at the edge, or as zero.
_LARGEST, _SMALLEST = 1e300, 1e-290


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A range of values with its ticks, all in the unit of the values; `low` < `high`, ticks within."""

    low: float
    high: float
    step: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where a value lies in the range, 0 at the low and 1 at the high end."""
        inside = max(-_LARGEST, min(_LARGEST, value))
        return (inside - self.low) / (self.high - self.low)


def nice_step(span: float, count: int) -> float:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that divides `span` into at most `count` parts.

    >>> nice_step(1.1, 5)
    0.25
    >>> nice_step(24600, 5)
    5000.0
    """
    rough = span / count
    power = 10.0 ** math.floor(math.log10(rough))
    return next(nice * power for nice in _NICE if nice * power >= rough * (1 - 1e-9))


def value_scale(values: Iterable[float], *, is_from_zero: bool, count: int = 5, padding: float = 0.07) -> Scale:
    """The scale for values.

    `is_from_zero` is for marks whose length is the value (bars, areas). A line's range includes zero too where the
    data come near it, so that a change is not made to look larger than it is. `padding` is the free share at an end
    that is not zero.
    """
    inside = [max(-_LARGEST, min(_LARGEST, value)) if abs(value) > _SMALLEST else 0.0 for value in values] or [0.0]
    low, high = min(inside), max(inside)
    if is_from_zero or low == high or 0 <= low < high / 2 or 0 >= high > low / 2:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = 0.0, 1.0
    margin = (high - low) * padding
    low = low if low == 0 else low - margin
    high = high if high == 0 else high + margin
    return _with_ticks(low, high, count)


def _with_ticks(low: float, high: float, count: int) -> Scale:
    step = nice_step(high - low, count)
    if max(abs(low), abs(high)) / step > 1e12:
        # The values differ by less than a float can step through.
        return Scale(low=low, high=high, step=high - low, ticks=(low, high))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, 2 - math.floor(math.log10(step)))
    ticks = tuple(round(index * step, digits) if digits < 300 else index * step for index in range(first, last + 1))
    return Scale(low=low, high=high, step=step, ticks=ticks)


def tick_texts(scale: Scale, unit: str | None) -> tuple[str, ...]:
    """The ticks' labels: one scale and one number of decimals for all, the noun of a unit on the last one only.

    >>> tick_texts(value_scale([0, 60], is_from_zero=True), "days")
    ('0', '20', '40', '60\\u202fdays')
    """
    divisor, letter = 1.0, ""
    largest = max(map(abs, scale.ticks), default=0.0)
    if largest >= LONG_NUMBER:
        return tuple(scientific(tick) if tick else "0" for tick in scale.ticks)
    if unit != "ratio":
        divisor, letter = next(((size, name) for size, name in _SCALES if largest >= size), (1.0, ""))
    places = _places(scale.step * (100 if unit == "ratio" else 1) / divisor)
    if places is None:
        return tuple(full(tick, unit) for tick in scale.ticks)
    texts = [_text(tick, unit, divisor, letter, places) for tick in scale.ticks]
    if texts and unit is not None and unit != "ratio" and not is_currency(unit):
        texts[-1] += f"{NARROW_SPACE}{unit}"
    return tuple(texts)


def _places(step: float) -> int | None:
    """How many decimals tell neighbouring ticks apart; None when more than three."""
    return next((places for places in range(4) if abs(step - round(step, places)) < step * 1e-6), None)


def _text(tick: float, unit: str | None, divisor: float, letter: str, places: int) -> str:
    symbol = unit if unit == "ratio" or is_currency(unit) else None
    if tick == 0:
        return full(0, symbol, decimals=0)
    text = full(tick / divisor, symbol, decimals=places)
    return f"{text}{NARROW_SPACE}{letter}" if letter else text
