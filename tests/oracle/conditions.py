"""Random values and conditions on them."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.world import Both, Condition, Either, Negation, Test

TEXTS = ("West", "west", "East", "Öst", "a b", "O'Brien", "", "%", "x_y", "null", "1", "-1", "é", "😀", " West", "none")
NUMBERS = ("integer", "decimal", "double")
TIMES = ("date", "timestamp", "timestamptz")

# Moments around which calendars differ, in UTC: leap days, ends of years, clocks that change.
MOMENTS = tuple(
    dt.datetime.fromisoformat(text)
    for text in (
        "2023-12-31 23:30", "2024-01-01 00:00", "2024-02-28 23:59:59", "2024-02-29 12:00", "2024-03-01 00:00",
        "2024-03-10 05:00", "2024-03-10 07:00", "2024-03-31 00:30", "2024-03-31 01:00", "2024-04-06 15:00",
        "2024-06-30 22:00", "2024-10-27 00:30", "2024-10-27 01:30", "2024-11-03 04:30", "2024-11-03 06:30",
        "2024-12-30 10:00", "2025-01-05 23:00", "2018-11-04 03:00", "2018-02-18 01:30", "2017-12-31 12:00",
    )
)  # fmt: skip

# How many values each operator takes.
_COUNTS = {
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), (1,)),
    **dict.fromkeys(("IN", "NOT IN"), (1, 2, 3)),
    **dict.fromkeys(("BETWEEN", "NOT BETWEEN"), (2,)),
    **dict.fromkeys(("IS NULL", "IS NOT NULL"), (0,)),
}


def make_value(random: Random, type_: str) -> Any:
    """A value that is not null."""
    match type_:
        case "text":
            return random.choice(TEXTS)
        case "integer":
            return random.choice((0, 1, 2, 3, 5, -1, -4, 7, 2_000_000_000))
        case "decimal":
            return Decimal(random.choice(("0.00", "0.01", "0.10", "0.02", "19.99", "-5.25", "1000000.00", "3.00")))
        case "double":
            return random.choice((0.0, 0.25, 1.5, -2.75, 1024.5, 3.0))
        case "boolean":
            return random.random() < 0.5
    moment = random.choice(MOMENTS) + dt.timedelta(seconds=random.choice((0, 0, 1, -1, 1800, 86400, -86400 * 30)))
    if type_ == "date":
        return moment.date()
    return moment if type_ == "timestamp" else moment.replace(tzinfo=dt.UTC)


def make_condition(
    random: Random, names: Sequence[tuple[str, str]], depth: int = 2, *, is_strict: bool = False
) -> Condition:
    """A condition on some of these names, each with its type; strict ones compare with values of that type alone."""
    chance = random.random()
    if depth and chance < 0.15:
        part = make_condition(random, names, depth - 1, is_strict=is_strict)
        return Negation(part=part)
    if depth and chance < 0.5:
        parts = tuple(
            make_condition(random, names, depth - 1, is_strict=is_strict) for _ in range(random.randint(2, 3))
        )
        return Both(parts=parts) if random.random() < 0.5 else Either(parts=parts)
    return _make_test(random, *random.choice(names), is_strict=is_strict)


def _make_test(random: Random, name: str, type_: str, *, is_strict: bool) -> Test:
    operator = random.choice([*_COUNTS, "LIKE", "NOT LIKE"] if type_ == "text" else list(_COUNTS))
    if operator not in _COUNTS:
        return Test(name=name, operator=operator, values=(random.choice(("%", "W%", "_est", "%s_", "", "x_y", "%b")),))
    count, literal = random.choice(_COUNTS[operator]), make_value if is_strict else _make_literal
    return Test(name=name, operator=operator, values=tuple(literal(random, type_) for _ in range(count)))


def _make_literal(random: Random, type_: str) -> Any:
    if random.random() < 0.01:
        type_ = random.choice(("text", "boolean", "date"))
    value = make_value(random, type_)
    if type_ == "double" or (type_ == "integer" and random.random() < 0.1):
        return Decimal(str(value)) + Decimal(random.choice(("0", "0.5", "0.000001")))
    if type_ in NUMBERS:
        return str(value) if random.random() < 0.1 else value
    if type_ == "text":
        return random.choice((1, -1)) if value in {"1", "-1"} and random.random() < 0.3 else value
    if type_ in TIMES:
        return _time_text(random, value, type_)
    return value


def _time_text(random: Random, value: Any, type_: str) -> str:
    if type_ == "date" or random.random() < 0.6:
        return f"{value:%Y-%m-%d}"
    return f"{value:%Y-%m-%d %H:%M}" + (":00Z" if random.random() < 0.3 else "")
