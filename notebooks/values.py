"""Numbers and members as they stand in results, made fit to compare, draw and name."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from charts import Y
from core.errors import InvalidError
from core.numbers import Number
from metrics.period import date_label


def as_number(value: object) -> Number | None:
    """A result's value as a number; undefined (null, not a number, infinite) is None. Raises InvalidError for text."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise InvalidError(f"A metric gave {value!r}, which is not a number; check its definition.")
    if not isinstance(value, int) and not math.isfinite(value):
        return None
    return value


def as_exact(value: Number) -> Decimal:
    """A number as the decimal it is written as, so that sums of money come out to the cent."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def as_y(value: Number | None) -> Y:
    """A number as charts take it."""
    return float(value) if isinstance(value, Decimal) else value


def difference(current: Number | None, previous: Number | None) -> Number | None:
    """Current less previous; None where either is."""
    if current is None or previous is None:
        return None
    if isinstance(current, Decimal) or isinstance(previous, Decimal):
        return as_exact(current) - as_exact(previous)
    return current - previous


def total(values: Iterable[Number | None]) -> Number | None:
    """The exact sum of the defined values; None where none is."""
    known = [as_exact(value) for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None


def as_date(value: object) -> dt.date:
    """The date of a result's period."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    raise InvalidError(f"A period came as {value!r}, which is not a date; check the metric's time dimension.")


def member_labels(members: Sequence[object]) -> list[str]:
    """A name for each of different members, all different: a null is "Not set", an empty text "Blank"."""
    labels = [_member_label(member) for member in members]
    taken = set(labels)
    seen: set[str] = set()
    for index, label in enumerate(labels):
        unique, number = label, 2
        while unique in seen or (unique != label and unique in taken):
            unique, number = f"{label} ({number})", number + 1
        labels[index] = unique
        seen.add(unique)
    return labels


def _member_label(member: object) -> str:
    if member is None:
        return "Not set"
    if isinstance(member, bool):
        return "Yes" if member else "No"
    if isinstance(member, dt.date):
        return date_label(member)
    return str(member).strip() or "Blank"
