"""A share of the total: the value of each row of the result over that of all rows of the same period together.

Rows are those the question asks for, so a filter holds for the whole too, and the shares of a period add up to one.
That is only true of what adds up; a share of an average or of a distinct count is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from core.result import ColumnType
from metrics.division import divide
from metrics.document import Section
from metrics.recipe import Level, Plain, Quantity, Recipe, Trees

KIND = "share"
TAKES_METRICS = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Plain):
    """One measure or metric."""

    part: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """The measure or metric."""
        return (self.part,)

    def check(self, inputs: Sequence[Quantity]) -> str | None:
        """It must be a number that adds up."""
        (value,) = inputs
        if value.is_number and value.is_additive:
            return None
        return (
            f"a share of the total needs sums or counts, and the values of {self.part} do not add up to that of the"
            " whole; use a measure with `agg: sum` or `agg: count`, or their sums and differences"
        )

    def result(self, _inputs: Sequence[Quantity]) -> Quantity:
        """A number; over several periods shares do not add up to anything."""
        return Quantity(type=ColumnType.NUMBER, is_relative=True)

    def lower(self, trees: Trees) -> exp.Expr:
        """The value over its total."""
        return divide(trees(Level.GROUP)[0], trees(Level.TOTAL)[0])


def read(section: Section) -> Recipe | None:
    """The name of the measure or metric."""
    part = section.require("of", "the measure or metric it is a share of")
    return Share(part=part) if part else None
