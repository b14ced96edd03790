"""A ratio: one number over another, both computed at the grain of the question, null when the denominator is zero."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from core.result import ColumnType
from metrics.division import divide
from metrics.document import Section
from metrics.recipe import Level, Plain, Quantity, Recipe, Trees

KIND = "ratio"
TAKES_METRICS = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Plain):
    """Two measures or metrics."""

    numerator: str
    denominator: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Numerator and denominator."""
        return (self.numerator, self.denominator)

    def check(self, inputs: Sequence[Quantity]) -> str | None:
        """Both must be numbers."""
        if all(value.is_number for value in inputs):
            return None
        return f"a ratio needs two numbers, not {inputs[0].type} over {inputs[1].type}"

    def result(self, _inputs: Sequence[Quantity]) -> Quantity:
        """A binary floating-point number, whatever the inputs are; ratios of members never add up."""
        return Quantity(type=ColumnType.NUMBER)

    def lower(self, trees: Trees) -> exp.Expr:
        """The division."""
        numerator, denominator = trees(Level.GROUP)
        return divide(numerator, denominator)


def read(section: Section) -> Recipe | None:
    """The names of numerator and denominator."""
    numerator = section.require("numerator", "the measure or metric above the line")
    denominator = section.require("denominator", "the measure or metric below the line")
    return Ratio(numerator=numerator, denominator=denominator) if numerator and denominator else None
