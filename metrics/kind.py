"""What a kind of metric must offer, and the kinds found in `metrics.kinds`."""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from sqlglot import exp

from core.registry import find_kinds
from core.result import ColumnType
from metrics import kinds
from metrics.document import Section


class Kind(Protocol):
    """A module of `metrics.kinds`. `TAKES_METRICS` says whether inputs may be metrics as well as measures."""

    KIND: str
    TAKES_METRICS: bool

    def read(self, section: Section) -> tuple[str, ...]:
        """The names of the inputs, in the order of the other functions; empty when a problem was noted."""

    def check(self, types: Sequence[ColumnType]) -> str | None:
        """Why inputs of these types will not do, or None."""

    def type_of(self, types: Sequence[ColumnType]) -> ColumnType:
        """The metric's type for inputs of these types."""

    def lower(self, inputs: Sequence[exp.Expr]) -> exp.Expr:
        """The metric's tree over the trees of its inputs, which it takes over."""


KINDS: Mapping[str, Kind] = cast("Mapping[str, Kind]", find_kinds(kinds))
