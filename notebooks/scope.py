"""What a page adds to a notebook when it runs: the day, the calendar, the reader's choices, and the cells before."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import InvalidError
from core.names import suggestion
from core.numbers import Number, full
from core.result import Result
from metrics.period import Period, PeriodKind, period_to_date
from notebooks.references import Reference, Value, fill_filter

# A day that still runs cannot be compared with a whole one, so no cell is about today alone.
CELL_PERIODS = tuple(kind for kind in PeriodKind if kind is not PeriodKind.DAY)

MAX_WORDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The day and the choices under which a notebook is run.

    `today` is the date in the tenant's time zone. `period` replaces the period of every cell that has one; charts over
    time keep their own length. `where` is filter text that every question gets in addition to its own. `given` has the
    reader's choices for inputs by cell; `results` what the cells came to that this one refers to.
    """

    today: dt.date
    period: PeriodKind | None = None
    where: str | None = None
    fiscal_start_month: int = 1
    week_start: int = 0
    given: Mapping[str, str] = field(default_factory=dict, hash=False)
    results: Mapping[str, Result] = field(default_factory=dict, hash=False)

    def period_for(self, kind: PeriodKind) -> Period:
        """The period to date of `kind`, unless the reader has chosen another."""
        return period_to_date(self.period or kind, self.today, self.fiscal_start_month, self.week_start)

    def filter(self, where: str | None) -> str | None:
        """A cell's own filter and the reader's, both of which must hold, with values in the place of references."""
        filled = fill_filter(where, self.values_of) if where else where
        parts = [part for part in (filled, self.where) if part and part.strip()]
        return parts[0] if len(parts) == 1 else " AND ".join(f"({part})" for part in parts) or None

    def values_of(self, reference: Reference) -> Sequence[Value]:
        """The values a reference stands for; an input has one. Raises InvalidError with the nearest name."""
        result, name = self._column_of(reference)
        return tuple(dict.fromkeys(_value(value) for value in result.values(name)))

    def text_of(self, reference: Reference) -> str:
        """The values of a reference in words, at most ten of them. Raises InvalidError with the nearest name."""
        result, name = self._column_of(reference)
        column = result.column(name)
        values = result.values(name)
        texts = [
            full(value, column.unit, decimals=column.decimals) if isinstance(value, Number) else _words(value)
            for value in values[:MAX_WORDS]
        ]
        return ", ".join(texts) + ("…" if len(values) > MAX_WORDS else "")

    def _column_of(self, reference: Reference) -> tuple[Result, str]:
        result = self.results.get(reference.cell)
        if result is None:
            raise InvalidError(f"There is no cell {reference.cell!r}. {suggestion(reference.cell, self.results)}")
        columns = [column.name for column in result.columns]
        name = reference.column or (columns[0] if len(columns) == 1 else "")
        if name not in columns:
            raise InvalidError(
                f"{reference.cell} has no column {name!r}. {suggestion(name, columns)}"
                if name
                else f"{reference.cell} has several columns; write one of them as {reference.cell}.{columns[0]}."
            )
        return result, name


def _words(value: object) -> str:
    return "All" if value is None else str(value)


def _value(value: object) -> Value:
    """A value that can be bound; what has a type of its own is taken as its text."""
    return value if value is None or isinstance(value, Value) else str(value)
