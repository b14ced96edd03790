"""What a check is: a number that is measured over a table, and what that number means."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp


class OnFailure(StrEnum):
    """What a failed check does: it marks what depends on the table, or keeps the rows out that made it fail."""

    HOLD_BACK = "hold_back"
    MARK = "mark"


class CheckState(StrEnum):
    """How a check came out. An unknown one has nothing to be compared with yet."""

    FAILED = "failed"
    PASSED = "passed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a number is judged. `fails_from` is when it will be too old, for a check that time alone can fail."""

    state: CheckState
    said: str
    fails_from: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(ABC):
    """One check of one table."""

    table: str
    on_failure: OnFailure = OnFailure.MARK
    line: int = 0

    @property
    @abstractmethod
    def label(self) -> str:
        """What must be so, in words that tell it from the table's other checks."""

    def columns(self) -> tuple[tuple[str, str], ...]:
        """The columns it reads, each with its table."""
        return ()

    @abstractmethod
    def measure(self) -> exp.Select:
        """The query of its one number, a whole one or NULL."""

    @abstractmethod
    def judge(self, value: int | None, past: Sequence[int], now: dt.datetime) -> Finding:
        """What the number means; `past` has those of earlier measurements, newest first."""


class RowCheck(Check):
    """A check that counts the rows which break it."""

    __slots__ = ()

    def judge(self, value: int | None, past: Sequence[int], now: dt.datetime) -> Finding:  # noqa: ARG002
        """None may break it."""
        if not value:
            return Finding(state=CheckState.PASSED, said="No row breaks it.")
        return Finding(state=CheckState.FAILED, said=f"{value:,} {'row breaks' if value == 1 else 'rows break'} it.")


def count_where(table: str, condition: exp.Expr) -> exp.Select:
    """The number of a table's rows for which a condition holds."""
    return exp.select(exp.Count(this=exp.Star())).from_(exp.table_(table, quoted=True)).where(condition)


def is_filled(column: str) -> exp.Expr:
    """Whether a column has a value."""
    return exp.not_(exp.Is(this=exp.column(column, quoted=True), expression=exp.null()))
