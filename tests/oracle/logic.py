"""Conditions with three values: true, false and None for unknown."""

import datetime as dt
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.world import Both, Condition, Either, Literal, Negation, Refusal, Test

# The value of a name and its type.
Look = Callable[[str], tuple[Any, str]]


def holds(condition: Condition, look: Look, zone: str) -> bool | None:
    """Whether a condition holds for the row behind `look`."""
    if isinstance(condition, Both):
        results = [holds(part, look, zone) for part in condition.parts]
        return False if False in results else None if None in results else True
    if isinstance(condition, Either):
        results = [holds(part, look, zone) for part in condition.parts]
        return True if True in results else None if None in results else False
    if isinstance(condition, Negation):
        result = holds(condition.part, look, zone)
        return None if result is None else not result
    value, type_ = look(condition.name)
    return _test(condition, value, type_, zone)


def _test(test: Test, value: Any, type_: str, zone: str) -> bool | None:
    operator = test.operator
    if operator == "IS NULL":
        return value is None
    if operator == "IS NOT NULL":
        return value is not None
    if operator in {"LIKE", "NOT LIKE"}:
        if type_ != "text":
            raise Refusal("LIKE needs text")
        if value is None:
            return None
        return _like(value, str(test.values[0])) is (operator == "LIKE")
    value, wanted = _alike(value, test.values, type_, zone)
    if value is None:
        return None
    if operator in {"IN", "NOT IN"}:
        return (value in wanted) is (operator == "IN")
    if operator in {"BETWEEN", "NOT BETWEEN"}:
        return (wanted[0] <= value <= wanted[1]) is (operator == "BETWEEN")
    other = wanted[0]
    results: dict[str, bool] = {
        "=": value == other,
        "!=": value != other,
        "<": value < other,
        "<=": value <= other,
        ">": value > other,
        ">=": value >= other,
    }
    return results[operator]


def _like(text: str, pattern: str) -> bool:
    signs = {"%": ".*", "_": "."}
    return re.fullmatch("".join(signs.get(sign, re.escape(sign)) for sign in pattern), text, re.DOTALL) is not None


def _alike(value: Any, literals: tuple[Literal, ...], type_: str, zone: str) -> tuple[Any, list[Any]]:
    """The value and the literals as things that can be compared."""
    if type_ == "text":
        if any(isinstance(literal, bool) for literal in literals):
            raise Refusal("a value does not fit its dimension")
        return value, [str(literal) for literal in literals]
    if type_ == "boolean":
        if not all(isinstance(literal, bool) for literal in literals):
            raise Refusal("a value does not fit its dimension")
        return value, list(literals)
    if type_ in {"integer", "decimal", "double"}:
        exact = None if value is None else Fraction(value)
        return exact, [_number(literal) for literal in literals]
    if not all(isinstance(literal, str) and re.fullmatch(r"\d{4}-.*", literal) for literal in literals):
        raise Refusal("a value does not fit its dimension")
    texts = [str(literal) for literal in literals]
    if all(len(text) == 10 for text in texts):
        return local_day(value, zone), [dt.date.fromisoformat(text) for text in texts]
    if type_ == "date":
        raise Refusal("a value does not fit its dimension")
    return local(value, zone), [local(_moment(text, zone), zone) for text in texts]


def _number(literal: Literal) -> Fraction:
    if isinstance(literal, bool) or (isinstance(literal, str) and not re.fullmatch(r"-?\d+(\.\d+)?", literal)):
        raise Refusal("a value does not fit its dimension")
    return Fraction(literal)


def _moment(text: str, zone: str) -> dt.datetime:
    """A time with an offset as it is; one without is what a clock in the zone shows, given as if it were local."""
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else _Shown.fromisoformat(text)


class _Shown(dt.datetime):
    """A time that is already local."""


def local(value: Any, zone: str) -> Any:
    """What calendar and clock in the zone show for a date, a naive UTC time or an aware time."""
    if value is None or isinstance(value, _Shown) or not isinstance(value, dt.datetime):
        return value
    aware = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
    return aware.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def local_day(value: Any, zone: str) -> dt.date | None:
    """The day in the zone."""
    shown = local(value, zone)
    day: dt.date | None = shown.date() if isinstance(shown, dt.datetime) else shown
    return day


def first_day(day: dt.date | None, grain: str, week_start: int) -> dt.date | None:
    """The first day of the period a day is in."""
    if day is None or grain == "day":
        return day
    if grain == "week":
        while day.weekday() != week_start:
            day -= dt.timedelta(days=1)
        return day
    if grain == "month":
        return dt.date(day.year, day.month, 1)
    if grain == "quarter":
        return dt.date(day.year, {1: 1, 2: 4, 3: 7, 4: 10}[(day.month + 2) // 3], 1)
    return dt.date(day.year, 1, 1)
