"""A number of rows that is near what it usually was: half of a table that went is noticed without a rule about rows."""

import datetime as dt
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from metrics.document import Section
from services.quality.check import Check, CheckState, Finding, OnFailure

KIND = "volume"
LEAST_PAST = 3
_MOST_PAST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume(Check):
    """The rows are within `within_percent` of the median of the last 20 measurements."""

    within_percent: int

    @property
    def label(self) -> str:
        """In words."""
        return f"its rows are within {self.within_percent} % of the usual"

    def measure(self) -> exp.Select:
        """All rows."""
        return exp.select(exp.Count(this=exp.Star())).from_(exp.table_(self.table, quoted=True))

    def judge(self, value: int | None, past: Sequence[int], now: dt.datetime) -> Finding:  # noqa: ARG002
        """Against the table's own past."""
        rows = value or 0
        if len(past) < LEAST_PAST:
            said = f"{rows:,} rows; {len(past)} of {LEAST_PAST} earlier measurements are there to compare with."
            return Finding(state=CheckState.UNKNOWN, said=said)
        usual = statistics.median(past[:_MOST_PAST])
        is_near = abs(rows - usual) * 100 <= usual * self.within_percent
        said = f"{rows:,} rows; usually {usual:,.0f}."
        return Finding(state=CheckState.PASSED if is_near else CheckState.FAILED, said=said)


def read(item: Section, table: str, on_failure: OnFailure) -> Check | None:
    """From `{check: volume, within_percent: 30}`."""
    within = item.whole("within_percent", low=1, high=100_000)
    if within is None:
        if not item.has("within_percent"):
            item.note("a check `volume` needs `within_percent`: how far from the usual the rows may be")
        return None
    return Volume(table=table, within_percent=within, on_failure=on_failure, line=item.line)
