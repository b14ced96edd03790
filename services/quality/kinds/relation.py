"""A column whose values are those of a column of another table."""

from dataclasses import dataclass

from sqlglot import exp

from metrics.document import Section
from services.quality.check import Check, OnFailure, RowCheck, is_filled

KIND = "relation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(RowCheck):
    """Each value of `column` is one of `other_table.other_column`; empty ones are left out."""

    column: str
    other_table: str
    other_column: str

    @property
    def label(self) -> str:
        """In words."""
        return f"{self.column} is found in {self.other_table}.{self.other_column}"

    def columns(self) -> tuple[tuple[str, str], ...]:
        """Both columns."""
        return ((self.table, self.column), (self.other_table, self.other_column))

    def measure(self) -> exp.Select:
        """The rows that lead nowhere."""
        own, other = (exp.column(name, side, quoted=True) for name, side in ((self.column, "one"), ("key", "other")))
        keys = exp.select(exp.alias_(exp.column(self.other_column, quoted=True), "key", quoted=True))
        there = keys.from_(exp.table_(self.other_table, quoted=True)).subquery("other")
        rows = exp.select(exp.Count(this=exp.Star())).from_(exp.table_(self.table, quoted=True).as_("one"))
        matched = exp.EQ(this=own, expression=other)
        return rows.join(there, on=matched, join_type="anti").where(is_filled(self.column))


def read(item: Section, table: str, on_failure: OnFailure) -> Check | None:
    """From `{check: relation, column: account_id, to: accounts.id}`."""
    column, to = item.require("column"), item.require("to")
    other, dot, key = (to or "").partition(".")
    if to and not (other and dot and key):
        item.note(f"`to` is {to!r}; write the other table and its column, such as accounts.id")
        return None
    if column is None or not to:
        return None
    return Relation(
        table=table, column=column, other_table=other, other_column=key, on_failure=on_failure, line=item.line
    )
