"""A rank: the place of each row of the result among those of the same period, 1 for the highest value.

Equal values share a place and the next one is left out (1, 2, 2, 4). What has no value has no rank.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from core.result import ColumnType
from metrics.document import Section
from metrics.recipe import Level, Plain, Quantity, Recipe, Trees

KIND = "rank"
TAKES_METRICS = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank(Plain):
    """One measure or metric."""

    of: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """The measure or metric."""
        return (self.of,)

    def check(self, inputs: Sequence[Quantity]) -> str | None:
        """It must be a number."""
        if not inputs[0].is_number:
            return f"a rank needs numbers, and {self.of} is {inputs[0].type}"
        if inputs[0].is_relative:
            return f"{self.of} depends on the other rows already; rank what it is made of"
        return None

    def result(self, _inputs: Sequence[Quantity]) -> Quantity:
        """A whole number."""
        return Quantity(type=ColumnType.INTEGER, is_relative=True)

    def lower(self, trees: Trees) -> exp.Expr:
        """The place of the value among all rows of the period."""
        (value,) = trees(Level.GROUP)
        order = exp.Order(expressions=[exp.Ordered(this=value.copy(), desc=True, nulls_first=False)])
        rank = exp.Window(this=exp.Rank(), partition_by=trees.periods(), order=order)
        is_there = exp.Not(this=exp.Is(this=exp.Paren(this=value), expression=exp.Null()))
        return exp.Case(ifs=[exp.If(this=is_there, true=rank)])


def read(section: Section) -> Recipe | None:
    """The name of the measure or metric."""
    of = section.require("of", "the measure or metric whose values are ranked")
    return Rank(of=of) if of else None
