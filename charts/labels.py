"""Words on a chart: shortened, wrapped, and kept apart where they would overlap."""

from collections.abc import Sequence
from decimal import Decimal

from core.numbers import MINUS, Number, compact, is_currency

ELLIPSIS = "…"
# Above this even the largest scale leaves more digits than anybody reads.
LONG_NUMBER = 1e16
EMPTY = "No data in this period"


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, on one line.

    >>> shorten("North American resellers", 14)
    'North America…'
    """
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + ELLIPSIS


def wrap(text: str, width: int) -> tuple[str, str]:
    """A label on at most two lines of `width` characters; the second may be empty.

    >>> wrap("North America", 8)
    ('North', 'America')
    """
    line = " ".join(text.split())
    if len(line) <= width:
        return line, ""
    first, space, rest = line[: width + 1].rpartition(" ")
    if not space:
        return shorten(line, width), ""
    return first, shorten(f"{rest}{line[width + 1 :]}".strip(), width)


def value_text(value: float | None, unit: str | None) -> str:
    """A value as it stands beside its mark; a noun such as "deals" is left to the axis.

    >>> value_text(1240, "deals"), value_text(1240, "USD")
    ('1.24\u202fk', '$1.24\u202fk')
    """
    if value is not None and abs(value) >= LONG_NUMBER:
        return scientific(value)
    return str(compact(value, unit if unit == "ratio" or is_currency(unit) else None))


def scientific(value: Number) -> str:
    """A number too large to read digit by digit.

    >>> scientific(-2.5e300)
    '−2.5×10^300'
    """
    mantissa, exponent = f"{Decimal(value):.3e}".split("e")
    digits = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{digits.replace('-', MINUS)}×10^{int(exponent)}"


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels that want to be at `places`, at least `gap` apart, within `low` to `high` where they fit.

    Moves as little as this needs; the order is kept.

    >>> spread([10.0, 11.0, 50.0], 10, 0, 100)
    [5.5, 15.5, 50.0]
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    groups: list[tuple[float, int]] = []
    for index in order:
        groups.append((places[index], 1))
        while len(groups) > 1 and _end(groups[-2], gap) > _start(groups[-1], gap):
            (centre, count), (other, more) = groups[-2], groups.pop()
            groups[-1] = ((centre * count + other * more) / (count + more), count + more)
        centre, count = groups[-1]
        groups[-1] = (max(centre, low + (count - 1) * gap / 2), count)
    result = [0.0] * len(places)
    spots = [centre + (rank - (count - 1) / 2) * gap for centre, count in groups for rank in range(count)]
    excess = max(0.0, spots[-1] - high) if spots else 0.0
    ceiling = float("inf")
    for index, spot in reversed(list(zip(order, spots, strict=True))):
        # What stands too high is moved down, and pushes those below it only as far as it must.
        result[index] = min(spot, high if excess else spot, ceiling)
        ceiling = result[index] - gap
    return result


def _start(group: tuple[float, int], gap: float) -> float:
    return group[0] - group[1] * gap / 2


def _end(group: tuple[float, int], gap: float) -> float:
    return group[0] + group[1] * gap / 2
