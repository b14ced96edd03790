"""A column that has one of a few values."""

from dataclasses import dataclass

from sqlglot import exp

from metrics.document import Section
from services.quality.check import Check, OnFailure, RowCheck, count_where, is_filled

KIND = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(RowCheck):
    """`column` is empty or one of `values`, compared as text."""

    column: str
    values: tuple[str, ...]

    @property
    def label(self) -> str:
        """In words."""
        shown = ", ".join(self.values[:5])
        return f"{self.column} is one of {shown}{f' and {len(self.values) - 5} more' if len(self.values) > 5 else ''}"

    def columns(self) -> tuple[tuple[str, str], ...]:
        """The one column."""
        return ((self.table, self.column),)

    def measure(self) -> exp.Select:
        """The rows with another value."""
        text = exp.cast(exp.column(self.column, quoted=True), "VARCHAR")
        known = exp.In(this=text, expressions=[exp.Literal.string(value) for value in self.values])
        return count_where(self.table, exp.and_(is_filled(self.column), exp.not_(known)))


def read(item: Section, table: str, on_failure: OnFailure) -> Check | None:
    """From `{check: accepted, column: stage, values: [Won, Lost]}`."""
    column, values = item.require("column"), item.texts("values")
    if not values:
        item.note("a check `accepted` needs `values`: a list of those that are allowed")
    if column is None or not values:
        return None
    return Accepted(table=table, column=column, values=values, on_failure=on_failure, line=item.line)
