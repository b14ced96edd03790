"""A ratio: one number over another, both computed at the grain of the question, null when the denominator is zero."""

from collections.abc import Sequence

from sqlglot import exp

from core.result import ColumnType
from metrics.document import Section

KIND = "ratio"
TAKES_METRICS = True


def read(section: Section) -> tuple[str, ...]:
    """The names of numerator and denominator."""
    numerator = section.require("numerator", "the measure or metric above the line")
    denominator = section.require("denominator", "the measure or metric below the line")
    return (numerator, denominator) if numerator and denominator else ()


def check(types: Sequence[ColumnType]) -> str | None:
    """Both must be numbers."""
    if all(type_ in {ColumnType.INTEGER, ColumnType.NUMBER} for type_ in types):
        return None
    return f"a ratio needs two numbers, not {types[0]} over {types[1]}"


def type_of(_types: Sequence[ColumnType]) -> ColumnType:
    """A binary floating-point number, whatever the inputs are."""
    return ColumnType.NUMBER


def lower(inputs: Sequence[exp.Expr]) -> exp.Expr:
    """The division, as a double, so that no engine divides whole numbers."""
    numerator, denominator = inputs
    return exp.Div(
        this=exp.Cast(this=numerator, to=exp.DataType.build("double")),
        expression=exp.Nullif(this=denominator, expression=exp.Literal.number(0)),
    )
