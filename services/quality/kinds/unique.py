"""Columns whose values together come once."""

from dataclasses import dataclass

from sqlglot import exp

from metrics.document import Section
from services.quality.check import Check, OnFailure, RowCheck, is_filled

KIND = "unique"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique(RowCheck):
    """No two rows have the same values in `names`; rows with an empty one are not compared."""

    names: tuple[str, ...]

    @property
    def label(self) -> str:
        """In words."""
        return f"{' and '.join(self.names)} {'come' if len(self.names) > 1 else 'comes'} once"

    def columns(self) -> tuple[tuple[str, str], ...]:
        """All of them."""
        return tuple((self.table, name) for name in self.names)

    def measure(self) -> exp.Select:
        """The rows beyond the first of each."""
        columns = [exp.column(name, quoted=True) for name in self.names]
        filled = exp.and_(*[is_filled(name) for name in self.names])
        times = exp.select(exp.alias_(exp.Count(this=exp.Star()), "times"))
        groups = times.from_(exp.table_(self.table, quoted=True)).where(filled).group_by(*columns)
        surplus = exp.Sum(this=exp.Sub(this=exp.column("times"), expression=exp.Literal.number(1)))
        return exp.select(exp.cast(surplus, "BIGINT")).from_(groups.subquery("seen"))


def read(item: Section, table: str, on_failure: OnFailure) -> Check | None:
    """From `{check: unique, columns: [id]}`."""
    names = item.texts("columns")
    if not names:
        item.note("a check `unique` needs `columns`: a list of one column or more")
        return None
    return Unique(table=table, names=names, on_failure=on_failure, line=item.line)
