"""What a metric is made of and how: the part of its definition that depends on its kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlglot import exp

from core.result import ColumnType
from metrics.leaf import Leaf


class Level(StrEnum):
    """Over which rows an input is taken: those of one row of the result, or of all rows of the same period."""

    GROUP = "group"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What an input or a metric is. `is_additive`: the values of all members add up to that of the whole;
    `is_relative`: a value depends on the other rows of the result."""

    type: ColumnType
    is_additive: bool = False
    is_relative: bool = False

    @property
    def is_number(self) -> bool:
        """Whether one can calculate with it."""
        return self.type in {ColumnType.INTEGER, ColumnType.NUMBER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """The trees of all inputs at a level, in the recipe's order, and what tells the periods of a result apart.

    They are new at each call and may be taken over.
    """

    at: Callable[[Level], Sequence[exp.Expr]]
    periods: Callable[[], list[exp.Expr]] = list

    def __call__(self, level: Level) -> Sequence[exp.Expr]:
        """The trees at a level."""
        return self.at(level)


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

    def narrow(self, place: int, leaf: Leaf) -> Leaf:
        """An aggregate of the input at a place, counted over the rows that this metric means."""


class Plain:
    """A recipe that takes the aggregates of its inputs as they are."""

    __slots__ = ()

    def narrow(self, place: int, leaf: Leaf) -> Leaf:  # noqa: ARG002
        """The aggregate itself."""
        return leaf
