"""A column of moments whose newest is not older than so many hours; time alone can fail it, without a sync."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from metrics.document import Section
from services.quality.check import Check, CheckState, Finding, OnFailure

KIND = "freshness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness(Check):
    """The newest `column` is at most `within_h` hours old. Moments without a zone are taken as UTC."""

    column: str
    within_h: int

    @property
    def label(self) -> str:
        """In words."""
        return f"the newest {self.column} is at most {self.within_h:,} h old"

    def columns(self) -> tuple[tuple[str, str], ...]:
        """The one column."""
        return ((self.table, self.column),)

    def measure(self) -> exp.Select:
        """The newest moment, in seconds since 1970."""
        newest = exp.func("epoch", exp.Max(this=exp.column(self.column, quoted=True)))
        return exp.select(exp.cast(newest, "BIGINT")).from_(exp.table_(self.table, quoted=True))

    def judge(self, value: int | None, past: Sequence[int], now: dt.datetime) -> Finding:  # noqa: ARG002
        """Too old now, or from when on."""
        if value is None:
            return Finding(state=CheckState.FAILED, said="There is no moment in any row.")
        newest = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=value)
        fails_from = newest + dt.timedelta(hours=self.within_h)
        state = CheckState.FAILED if fails_from <= now else CheckState.PASSED
        return Finding(state=state, said=f"The newest is of {newest:%Y-%m-%d %H:%M} UTC.", fails_from=fails_from)


def read(item: Section, table: str, on_failure: OnFailure) -> Check | None:
    """From `{check: freshness, column: updated_at, within_h: 24}`."""
    column, within_h = item.require("column"), item.whole("within_h", low=1, high=87_600)
    if within_h is None and not item.has("within_h"):
        item.note("a check `freshness` needs `within_h`: how many hours old the newest may be")
    if column is None or within_h is None:
        return None
    return Freshness(table=table, column=column, within_h=within_h, on_failure=on_failure, line=item.line)
