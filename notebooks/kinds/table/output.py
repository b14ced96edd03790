"""What a table cell comes to."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.result import Quotient, Result
from notebooks.output import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOutput(Output):
    """A table: `result` has the rows shown, `total_rows` counts all there are.

    Where there are too many to count, `total_rows` is how many were seen and `is_total_exact` is false. `totals` has
    the metrics over all rows, computed at that grain, and is None where there is but one row. `parts` has, for the
    rows shown, the numerators and denominators of `quotients` that are not shown themselves. `additive` names the
    metrics whose rows add up to their total, `heat` those whose cells are shaded. `subtotals` are the places of rows
    that sum others up. `answer` has all rows that were read.
    """

    title: str
    subtitle: str
    result: Result
    parts: Result
    totals: Result | None
    additive: frozenset[str]
    quotients: Mapping[str, Quotient]
    total_rows: int
    is_total_exact: bool = True
    answer: Result | None = None
    heat: frozenset[str] = frozenset()
    subtotals: frozenset[int] = frozenset()

    @property
    def note(self) -> str:
        """What is left out, "10 of 37 rows"; empty where nothing is."""
        shown = int(self.result.table.num_rows)
        if shown >= self.total_rows:
            return ""
        return f"{shown:,} of {'' if self.is_total_exact else 'more than '}{self.total_rows:,} rows"

    def total_row(self) -> tuple[object, ...] | None:
        """The total of each column of `result`, None where a column is a dimension; None where there is no total."""
        if self.totals is None:
            return None
        known = self.totals.row(0)
        return tuple(known.get(column.name) for column in self.result.columns)

    @property
    def rows(self) -> Result:
        """What other cells can refer to."""
        return self.answer or self.result
