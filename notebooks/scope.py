"""What a page adds to a notebook when it runs: the day, the calendar, and the filters chosen by the reader."""

import datetime as dt
from dataclasses import dataclass

from metrics.period import Period, PeriodKind, period_to_date

# A day that still runs cannot be compared with a whole one, so no cell is about today alone.
CELL_PERIODS = tuple(kind for kind in PeriodKind if kind is not PeriodKind.DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The day and the choices under which a notebook is run.

    `today` is the date in the tenant's time zone. `period` replaces the period of every cell that has one; charts over
    time keep their own length. `where` is filter text that every question gets in addition to its own.
    """

    today: dt.date
    period: PeriodKind | None = None
    where: str | None = None
    fiscal_start_month: int = 1
    week_start: int = 0

    def period_for(self, kind: PeriodKind) -> Period:
        """The period to date of `kind`, unless the reader has chosen another."""
        return period_to_date(self.period or kind, self.today, self.fiscal_start_month, self.week_start)

    def filter(self, where: str | None) -> str | None:
        """A cell's own filter and the reader's, both of which must hold."""
        parts = [part for part in (where, self.where) if part and part.strip()]
        return parts[0] if len(parts) == 1 else " AND ".join(f"({part})" for part in parts) or None
