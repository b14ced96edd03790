"""What a way of reading text offers, and what it comes to in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp

from core.result import ColumnType

# Words for "nothing" in columns of numbers, dates and booleans. In columns of text they may be meant.
NULL_WORDS = frozenset(
    {"null", "n/a", "na", "#n/a", "nan", "none", "nil", "-", "--", "\\n", "0000-00-00", "0000-00-00 00:00:00"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a column is stored. `value` takes the trimmed text to the stored value; None keeps the text as it is."""

    type: ColumnType
    storage: str
    value: exp.Expression | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Readings worth testing on all rows, and the share of the sample's values that each can read.

    Where there are several, the first is the preferred one.
    """

    readings: "tuple[Reading, ...]" = ()
    share: float = 0.0


class Reading(Protocol):
    """A way of reading text, such as whole numbers or dates with the month first. Compares by value."""

    @property
    def label(self) -> str:
        """What it reads, as a plural: `dates as month/day/year`."""

    def readable(self, text: exp.Expression) -> exp.Expression:
        """Not null exactly where the trimmed text can be read."""

    def parts(self, read: exp.Expression) -> Mapping[str, exp.Expression]:
        """What several aggregates need of each row, computed once; `read` is a column of `readable`."""

    def evidence(
        self, text: exp.Expression, read: exp.Expression, parts: Mapping[str, exp.Expression]
    ) -> Mapping[str, exp.Expression]:
        """Aggregates over all rows that `settle` needs, each a whole number or null; `parts` are columns of `parts`."""

    def settle(self, text: exp.Expression, evidence: Mapping[str, int], values: int) -> Verdict:
        """The type for a column of which all `values` (not null) can be read."""


def kept_as_text(*, notes: Sequence[str] = (), warnings: Sequence[str] = ()) -> Verdict:
    """The verdict for a column that stays as it is."""
    return Verdict(type=ColumnType.TEXT, storage="VARCHAR", notes=tuple(notes), warnings=tuple(warnings))
