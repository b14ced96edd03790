"""The answer to a question, row by row: no SQL, no plan, nothing clever."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from tests.oracle.logic import first_day, holds, local_day
from tests.oracle.world import (
    Both,
    Condition,
    Dimension,
    Either,
    Formula,
    Join,
    Measure,
    Model,
    Negation,
    Operation,
    Question,
    Refusal,
    Row,
    World,
)

HOPS = 4

Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Rows in order: period where asked for, dimensions, metrics. Computed numbers are fractions."""

    rows: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Input:
    """A measure of a model, counted by a time dimension."""

    model: str
    measure: str
    time: str | None


class Reference:
    """One question to one world."""

    def __init__(self, world: World, question: Question) -> None:
        self.world = world
        self.question = question
        self.is_timed = question.grain is not None or question.start is not None or question.end is not None

    def answer(self) -> Answer:
        """The answer. Raises Refusal."""
        question = self.question
        if len({*question.by, *question.metrics}) < len(question.by) + len(question.metrics):
            raise Refusal("a column is asked for twice")
        inputs = [found for metric in question.metrics for found in self._inputs(metric)]
        self._check(inputs)
        groups = {found: self._grouped(found) for found in inputs}
        keys = dict.fromkeys(key for grouped in groups.values() for key in grouped)
        if not question.by and question.grain is None:
            keys = {(): None}
        rows = [
            (*key, *(self._metric(metric, key, groups, total=False) for metric in question.metrics)) for key in keys
        ]
        rows = self._ordered(rows)
        return Answer(rows=rows[: question.limit])

    def _inputs(self, metric: str) -> Iterator[Input]:
        """Every measure a metric is made of."""
        home = self.world.home_of(metric)
        for name in names_of(home.metrics[metric].formula):
            if name in home.measures:
                yield Input(home.name, name, home.metrics[metric].time)
            else:
                yield from self._inputs(name)

    def _check(self, inputs: list[Input]) -> None:
        for found in inputs:
            if self.is_timed and found.time is None:
                raise Refusal("a metric has no time")
        models = [self.world.models[name] for name in dict.fromkeys(found.model for found in inputs)]
        for name in (*self.question.by, *_condition_names(self.question.where)):
            for model in models:
                resolve(self.world, model, name)
        for name in self.question.by:
            kinds = {_family(resolve(self.world, model, name)[1].type) for model in models}
            if len(kinds) > 1:
                raise Refusal("a shared dimension has several types")
        # A filter is checked against types whether or not there are rows.
        if self.question.where is not None:
            for model in models:
                _check_condition(self.question.where, partial(self._type, model))

    def _grouped(self, found: Input) -> dict[Key, list[Row]]:
        """The rows of a measure's model that the question is about, by the key they belong to."""
        model, question = self.world.models[found.model], self.question
        groups: dict[Key, list[Row]] = {}
        for row in model.rows:
            day = None
            if self.is_timed and found.time is not None:
                day = local_day(value_of(model.dimensions[found.time], row), question.zone)
            if question.start is not None and (day is None or day < question.start):
                continue
            if question.end is not None and (day is None or day > question.end):
                continue
            look = partial(self._look, model, row)
            if question.where is not None and holds(question.where, look, question.zone) is not True:
                continue
            key = tuple(look(name)[0] for name in question.by)
            if question.grain is not None:
                key = (first_day(day, question.grain, question.week_start), *key)
            groups.setdefault(key, []).append(row)
        return groups

    def _look(self, model: Model, row: Row, name: str) -> tuple[Any, str]:
        path, dimension = resolve(self.world, model, name)
        here: Row | None = row
        for join in path:
            if here is not None:
                here = _partner(self.world, join, here)
        return (None if here is None else value_of(dimension, here)), dimension.type

    def _type(self, model: Model, name: str) -> str:
        return resolve(self.world, model, name)[1].type

    def _metric(self, metric: str, key: Key, groups: dict[Input, dict[Key, list[Row]]], *, total: bool) -> Any:
        """A metric for one key, or for all keys of the same period."""
        home = self.world.home_of(metric)
        definition = home.metrics[metric]

        def named(name: str, *, is_total: bool) -> Any:
            if name not in home.measures:
                return self._metric(name, key, groups, total=is_total)
            grouped = groups[Input(home.name, name, definition.time)]
            if not is_total:
                rows = grouped.get(key, [])
            elif self.question.grain is None:
                rows = [row for part in grouped.values() for row in part]
            else:
                rows = [row for other, part in grouped.items() if other[0] == key[0] for row in part]
            return aggregate(home.measures[name], rows, home.types)

        if definition.kind == "share":
            name = str(definition.formula)
            return _divided(named(name, is_total=total), named(name, is_total=True))
        return calculate(definition.formula, lambda name: named(name, is_total=total))

    def _ordered(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        question = self.question
        width = len(question.by) + (question.grain is not None)
        rows = sorted(rows, key=lambda row: [(value is None, 0 if value is None else value) for value in row[:width]])
        if question.order is not None:
            metric, is_descending = question.order
            place = width + question.metrics.index(metric)
            known = [row for row in rows if row[place] is not None]
            unknown = [row for row in rows if row[place] is None]
            # Sorting is stable, in reverse too, so ties keep the order of the keys.
            rows = sorted(known, key=lambda row: row[place], reverse=is_descending) + unknown
        return rows


def names_of(formula: Formula) -> Iterator[str]:
    """The measures and metrics in a formula."""
    if isinstance(formula, str):
        yield formula
    elif isinstance(formula, Operation):
        yield from names_of(formula.left)
        yield from names_of(formula.right)
    elif isinstance(formula, tuple):
        yield from names_of(formula[0])


def calculate(formula: Formula, named: Any) -> Any:
    """The value of a formula; null where anything in it is null or a divisor is zero."""
    if isinstance(formula, Decimal):
        return Fraction(formula)
    if isinstance(formula, str):
        return named(formula)
    if isinstance(formula, tuple):
        value = calculate(formula[0], named)
        return None if value is None else -value
    left, right = calculate(formula.left, named), calculate(formula.right, named)
    if formula.sign == "/":
        return _divided(left, right)
    if left is None or right is None:
        return None
    return {"+": left + right, "-": left - right, "*": left * right}[formula.sign]


def aggregate(measure: Measure, rows: list[Row], types: dict[str, str]) -> Any:
    """A measure over rows of a table whose columns have these types."""
    if measure.where is not None:
        rows = [row for row in rows if _counts(measure.where, row, types)]
    if measure.column is None:
        return Fraction(len(rows))
    values = [row[measure.column] for row in rows if row[measure.column] is not None]
    if measure.aggregation == "count":
        return Fraction(len(values))
    if measure.aggregation == "count_distinct":
        return Fraction(len(set(values)))
    if not values:
        return None
    if measure.aggregation in {"min", "max"}:
        value = min(values) if measure.aggregation == "min" else max(values)
        return Fraction(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value
    numbers = sorted(Fraction(value) for value in values)
    if measure.aggregation == "sum":
        return sum(numbers, Fraction(0))
    if measure.aggregation == "average":
        return sum(numbers, Fraction(0)) / len(numbers)
    fraction = Decimal("0.5") if measure.fraction is None else measure.fraction
    place = Fraction(fraction) * (len(numbers) - 1)
    below, above = numbers[math.floor(place)], numbers[math.ceil(place)]
    return below + (above - below) * (place - math.floor(place))


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


def _partner(world: World, join: Join, row: Row) -> Row | None:
    for other in world.models[join.to].rows:
        if all(row[our] is not None and row[our] == other[their] for our, their in join.on):
            return other
    return None


def _divided(left: Any, right: Any) -> Any:
    return None if left is None or right is None or right == 0 else left / right


def _family(type_: str) -> str:
    return "number" if type_ in {"integer", "decimal", "double"} else type_


def _counts(where: Condition, row: Row, types: dict[str, str]) -> bool:
    return holds(where, lambda name: (row[name], types[name]), "UTC") is True


def _condition_names(condition: Condition | None) -> Iterator[str]:
    if isinstance(condition, Both | Either):
        for part in condition.parts:
            yield from _condition_names(part)
    elif isinstance(condition, Negation):
        yield from _condition_names(condition.part)
    elif condition is not None:
        yield condition.name


def _check_condition(condition: Condition, type_of: Callable[[str], str]) -> None:
    """Raises Refusal for a value that does not fit, wherever it stands."""
    if isinstance(condition, Both | Either):
        for part in condition.parts:
            _check_condition(part, type_of)
    elif isinstance(condition, Negation):
        _check_condition(condition.part, type_of)
    else:
        holds(condition, lambda name: (None, type_of(name)), "UTC")
