"""What a metric is made of and how: the part of its definition that depends on its kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlglot import exp

from core.result import ColumnType


class Level(StrEnum):
    """Over which rows an input is taken: those of one row of the result, or of all rows of the same period."""

    GROUP = "group"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What an input or a metric is. `is_additive`: the values of all members add up to that of the whole."""

    type: ColumnType
    is_additive: bool = False

    @property
    def is_number(self) -> bool:
        """Whether one can calculate with it."""
        return self.type in {ColumnType.INTEGER, ColumnType.NUMBER}


# The trees of all inputs at a level, in the recipe's order; they are new at each call and may be taken over.
Trees = Callable[[Level], Sequence[exp.Expr]]


class Recipe(Protocol):
    """How a metric is computed from its inputs."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of measures and metrics, in the order of the other functions."""

    def check(self, inputs: Sequence[Quantity]) -> str | None:
        """Why such inputs will not do, or None."""

    def result(self, inputs: Sequence[Quantity]) -> Quantity:
        """What the metric is, for such inputs."""

    def lower(self, trees: Trees) -> exp.Expr:
        """The metric's tree over those of its inputs."""
