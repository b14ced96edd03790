"""Random worlds: models with joins, nulls, duplicates and awkward values. Everything follows from the random source."""

from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.conditions import NUMBERS, TIMES, make_condition, make_value
from tests.oracle.formulas import add_metrics
from tests.oracle.world import Dimension, Join, Measure, Model, Row, World

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
            allowed += ["min", "max", "first", "last"]
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
            order=random.choice([*model.types]) if aggregation in {"first", "last"} else None,
        )
