"""What a table cell comes to."""

from dataclasses import dataclass

from core.result import Result
from notebooks.output import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOutput(Output):
    """A table: `result` has the rows shown, `total_rows` counts all there are.

    Where there are too many to count, `total_rows` is how many were seen and `is_total_exact` is false.
    """

    title: str
    subtitle: str
    result: Result
    total_rows: int
    is_total_exact: bool = True

    @property
    def note(self) -> str:
        """What is left out, "10 of 37 rows"; empty where nothing is."""
        shown = int(self.result.table.num_rows)
        if shown >= self.total_rows:
            return ""
        return f"{shown:,} of {'' if self.is_total_exact else 'more than '}{self.total_rows:,} rows"
