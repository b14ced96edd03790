"""Dimensions within reach of a model, and the rows that joins lead to."""

from collections.abc import Iterator
from typing import Any

from tests.oracle.world import Dimension, Join, Model, Refusal, Row, World

HOPS = 4


def value_of(dimension: Dimension, row: Row) -> Any:
    """A dimension of a row of its own model."""
    value = row[dimension.column]
    if dimension.threshold is not None:
        return "large" if value is not None and value > dimension.threshold else "small"
    return dimension.fallback if value is None and dimension.fallback is not None else value


def resolve(world: World, model: Model, name: str) -> tuple[tuple[Join, ...], Dimension]:
    """The joins to follow and the dimension at their end. Raises Refusal."""
    if name in model.dimensions:
        return (), model.dimensions[name]
    *joins, last = name.split(".")
    if joins == [model.name] and last in model.dimensions:
        return (), model.dimensions[last]
    found = []
    for path, end in paths(world, model, ()):
        way = [join.name for join in path]
        if path and last in end.dimensions:
            if way == joins:
                return path, end.dimensions[last]
            if not joins or way[-len(joins) :] == joins:
                found.append((path, end.dimensions[last]))
    if len(found) > 1:
        raise Refusal("a dimension can mean several things")
    if not found:
        raise Refusal("a dimension is out of reach")
    return found[0]


def paths(world: World, model: Model, taken: tuple[Join, ...]) -> Iterator[tuple[tuple[Join, ...], Model]]:
    """Every way along joins, none of them taken twice, with the model at its end."""
    yield taken, model
    if len(taken) < HOPS:
        for join in model.joins:
            if all(join is not other for other in taken):
                yield from paths(world, world.models[join.to], (*taken, join))


def partner(world: World, join: Join, row: Row) -> Row | None:
    """The row a join leads to."""
    for other in world.models[join.to].rows:
        if all(row[our] is not None and row[our] == other[their] for our, their in join.on):
            return other
    return None
