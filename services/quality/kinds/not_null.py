"""A column that always has a value."""

from dataclasses import dataclass

from sqlglot import exp

from metrics.document import Section
from services.quality.check import Check, OnFailure, RowCheck, count_where, is_filled

KIND = "not_null"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNull(RowCheck):
    """`column` has a value in each row."""

    column: str

    @property
    def label(self) -> str:
        """In words."""
        return f"{self.column} is never empty"

    def columns(self) -> tuple[tuple[str, str], ...]:
        """The one column."""
        return ((self.table, self.column),)

    def measure(self) -> exp.Select:
        """The rows without a value."""
        return count_where(self.table, exp.not_(is_filled(self.column)))


def read(item: Section, table: str, on_failure: OnFailure) -> Check | None:
    """From `{check: not_null, column: amount}`."""
    column = item.require("column")
    return None if column is None else NotNull(table=table, column=column, on_failure=on_failure, line=item.line)
