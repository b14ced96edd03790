"""Formulas and aggregates, exact: numbers are fractions."""

import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.logic import holds
from tests.oracle.world import Condition, Formula, Measure, Operation, Row


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
        return divided(left, right)
    if left is None or right is None:
        return None
    return {"+": left + right, "-": left - right, "*": left * right}[formula.sign]


def aggregate(measure: Measure, rows: list[Row], types: dict[str, str]) -> Any:
    """A measure over rows of a table whose columns have these types."""
    if measure.where is not None:
        rows = [row for row in rows if counts(measure.where, row, types)]
    if measure.column is None:
        return Fraction(len(rows))
    if measure.order is not None:
        return _picked(measure, measure.column, measure.order, rows)
    values = [row[measure.column] for row in rows if row[measure.column] is not None]
    if measure.aggregation == "count":
        return Fraction(len(values))
    if measure.aggregation == "count_distinct":
        return Fraction(len(set(values)))
    if not values:
        return None
    if measure.aggregation in {"min", "max"}:
        value = min(values) if measure.aggregation == "min" else max(values)
        return _exact(value)
    numbers = sorted(Fraction(value) for value in values)
    if measure.aggregation == "sum":
        return sum(numbers, Fraction(0))
    if measure.aggregation == "average":
        return sum(numbers, Fraction(0)) / len(numbers)
    fraction = Decimal("0.5") if measure.fraction is None else measure.fraction
    place = Fraction(fraction) * (len(numbers) - 1)
    below, above = numbers[math.floor(place)], numbers[math.ceil(place)]
    return below + (above - below) * (place - math.floor(place))


def divided(left: Any, right: Any) -> Any:
    """The quotient; null for null and for a divisor of zero."""
    return None if left is None or right is None or right == 0 else left / right


def counts(where: Condition, row: Row, types: dict[str, str]) -> bool:
    """Whether a row of a table fulfils a condition on its columns."""
    return holds(where, lambda name: (row[name], types[name]), "UTC") is True


def _picked(measure: Measure, column: str, order: str, rows: list[Row]) -> Any:
    """The value of the first or the last row that has one; of several at once the smallest or the largest."""
    pairs = [(row[order], row[column]) for row in rows if row[order] is not None and row[column] is not None]
    if not pairs:
        return None
    return _exact((min(pairs) if measure.aggregation == "first" else max(pairs))[1])


def _exact(value: Any) -> Any:
    return Fraction(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value
