"""Random worlds: models with joins, nulls, duplicates and awkward values. Everything follows from the random source."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.formulas import add_metrics
from tests.oracle.world import Both, Condition, Dimension, Either, Join, Measure, Model, Negation, Row, Test, World

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
_FRACTIONS = tuple(map(Decimal, ("0", "0.1", "0.5", "0.9", "0.95", "1")))

_COLUMNS = {
    "region": ("text",),
    "status": ("text",),
    "code": ("text", "integer"),
    "size": ("integer",),
    "amount": ("decimal",),
    "score": ("double", "decimal"),
    "is_rush": ("boolean",),
    "opened": TIMES,
    "closed": TIMES,
}


def make_world(random: Random) -> World:
    """Two to four models with rows, joins, dimensions, measures and metrics."""
    names = ["accounts", "deals", "visits", "parts"][: random.randint(2, 4)]
    models: dict[str, Model] = {}
    for name in names:
        models[name] = _make_model(random, name)
    for model in models.values():
        _add_joins(random, model, [other for other in models.values() if other.key])
    world = World(models=models)
    for model in models.values():
        _add_measures(random, model)
    add_metrics(random, world)
    return world


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


def _make_model(random: Random, name: str) -> Model:
    types = {column: random.choice(kinds) for column, kinds in _COLUMNS.items() if random.random() < 0.6}
    key = random.choice(((), ("id",), ("id",), ("id", "line")))
    id_type = random.choice(("integer", "text"))
    types |= dict.fromkeys(key, id_type)
    count = random.choice((0, 1, 5, 12, 25))
    rows: list[Row] = []
    for number in range(count):
        row: Row = {column: _maybe(random, type_) for column, type_ in types.items()}
        row |= dict(zip(key, _key_values(number, id_type), strict=False))
        rows.append(row)
        if not key and random.random() < 0.2:
            rows.append(dict(row))
    types["note"] = "text"
    rows = [{**row, "note": None} for row in rows]
    dimensions = _make_dimensions(random, types)
    times = [dimension.name for dimension in dimensions.values() if dimension.type in TIMES]
    time = random.choice(times) if times and random.random() < 0.9 else None
    return Model(name=name, types=types, rows=rows, key=key, time=time, dimensions=dimensions)


def _key_values(number: int, type_: str) -> tuple[Any, Any]:
    if type_ == "integer":
        return number, number % 3
    return f"k{number}", f"l{number % 3}"


def _maybe(random: Random, type_: str) -> Any:
    return None if random.random() < 0.15 else make_value(random, type_)


def _make_dimensions(random: Random, types: dict[str, str]) -> dict[str, Dimension]:
    dimensions: dict[str, Dimension] = {}
    for column, type_ in types.items():
        if random.random() < 0.8:
            dimensions[column] = Dimension(name=column, column=column, type=type_)
    if "size" in types and random.random() < 0.6:
        dimensions["bulk"] = Dimension(name="bulk", column="size", type="text", threshold=2)
    if "region" in types and random.random() < 0.6:
        dimensions["place"] = Dimension(name="place", column="region", type="text", fallback="none")
    return dimensions


def _add_joins(random: Random, model: Model, targets: list[Model]) -> None:
    """Joins with their columns: mostly keys that are there, some dangling, some null."""
    for number in range(random.choice((0, 1, 1, 2))):
        if not targets:
            return
        target = random.choice(targets)
        name = target.name
        if name == model.name or any(join.name == name for join in model.joins):
            name = f"other_{number}"
        pairs = []
        for their in target.key:
            our = f"{name}_{their}"
            model.types[our] = target.types[their]
            pairs.append((our, their))
        for row in model.rows:
            partner = random.choice(target.rows) if target.rows else None
            for our, their in pairs:
                value = partner[their] if partner else None
                chance = random.random()
                if chance < 0.12:
                    value = None
                elif chance < 0.2:
                    value = 99 if model.types[our] == "integer" else "k99"
                row[our] = value
        model.joins.append(Join(name=name, to=target.name, on=tuple(pairs)))


def _add_measures(random: Random, model: Model) -> None:
    plain = [(column, type_) for column, type_ in model.types.items() if type_ not in {*TIMES, "double"}]
    model.measures["rows"] = Measure(name="rows", aggregation="count", column=None, type="integer")
    for number in range(random.randint(1, 5)):
        column, type_ = random.choice(list(model.types.items()))
        allowed = ["count", "count_distinct"]
        if type_ != "boolean":
            allowed += ["min", "max"]
        if type_ in NUMBERS:
            allowed += ["sum", "sum", "average", "median", "percentile"]
        aggregation = random.choice(allowed)
        result = {"count": "integer", "count_distinct": "integer", "average": "number", "median": "number"}
        where = make_condition(random, plain, 1, is_strict=True) if plain and random.random() < 0.4 else None
        model.measures[f"x{number}"] = Measure(
            name=f"x{number}",
            aggregation=aggregation,
            column=column,
            type=result.get(aggregation, "number" if type_ in NUMBERS else type_),
            where=where,
            fraction=random.choice(_FRACTIONS) if aggregation == "percentile" else None,
        )
