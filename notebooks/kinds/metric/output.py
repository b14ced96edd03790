"""What a metric cell comes to: one figure with its comparison."""

from dataclasses import dataclass

import pyarrow as pa

from charts import Chart, Y
from core import numbers
from core.numbers import Figure, Number
from core.result import Column, ColumnType, Result, Watermark
from metrics import Better
from metrics.period import Period, PeriodKind
from notebooks.difference import Difference
from notebooks.output import Output

_SPANS = {
    PeriodKind.DAY: "today",
    PeriodKind.WEEK: "week to date",
    PeriodKind.MONTH: "month to date",
    PeriodKind.QUARTER: "quarter to date",
    PeriodKind.YEAR: "year to date",
    PeriodKind.LAST_12_MONTHS: "last 12 months",
}
_ROLLING = (PeriodKind.DAY, PeriodKind.LAST_12_MONTHS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileOutput(Output):
    """One figure with its comparison.

    `value` is None where there are no data (never 0 instead). `change` is `value` less `previous_value` and
    `relative_change` that over the size of `previous_value`; both None where undefined. `is_better` is None where the
    change is nil, undefined, or neither good nor bad. `comparison` names what it is compared with: "vs Q3 on the same
    day".

    `spark` is a sparkline whose first series is the current run and whose second, where there is one, is the period
    before; None where there is nothing to draw. `sentence` tells what is notable or missing and is otherwise empty.
    `difference` is the change by member, where the cell asks for it; `note` says why that could not be had.
    """

    name: str
    metric: str
    label: str
    title: str = ""
    description: str = ""
    unit: str | None = None
    decimals: int | None = None
    better: Better = Better.UP
    is_additive: bool = False
    period: Period
    previous_period: Period
    value: Number | None
    previous_value: Number | None
    change: Number | None = None
    relative_change: float | None = None
    is_better: bool | None = None
    comparison: str = ""
    spark: Chart | None = None
    sentence: str = ""
    difference: Difference | None = None
    note: str = ""

    @property
    def heading(self) -> str:
        """The tile's title: the cell's own, or "Bookings, quarter to date", or "Bookings, Q4 2026"."""
        is_named = self.period.is_complete and self.period.kind not in _ROLLING
        return self.title or f"{self.label}, {self.period.label if is_named else _SPANS[self.period.kind]}"

    @property
    def figure(self) -> Figure:
        """The value in short, with its unit."""
        return numbers.compact(self.value, self.unit)

    @property
    def value_in_full(self) -> str:
        """The value with every digit that matters."""
        return numbers.full(self.value, self.unit, decimals=self.decimals)

    @property
    def change_text(self) -> str:
        """The change with its sign: points for ratios, per cent where that is defined, otherwise in the unit."""
        if self.unit == "ratio" or self.relative_change is None:
            return numbers.change(self.change, self.unit)
        return numbers.change(self.relative_change, is_relative=True)

    @property
    def spark_values(self) -> tuple[Y, ...]:
        """The sparkline's values, oldest first; empty where there is nothing to draw."""
        return self.spark.series[0].y if self.spark else ()

    @property
    def spark_previous(self) -> tuple[Y, ...]:
        """The same run of the period before; empty where there is none."""
        return self.spark.series[1].y if self.spark and len(self.spark.series) > 1 else ()

    @property
    def is_change_shown(self) -> bool:
        """Whether the change, as it is written, is more than nothing."""
        return self.change_text[:1] in ("+", numbers.MINUS)

    @property
    def compared(self) -> str:
        """What it is compared with, and how much that was: "vs $3.98 M in Q3 on the same day"."""
        if self.previous_value is None:
            return self.comparison
        return self.comparison.replace("vs ", f"vs {numbers.compact(self.previous_value, self.unit)} in ", 1)

    @property
    def is_last_incomplete(self) -> bool:
        """Whether the sparkline's last value is of a period still running."""
        return self.spark is not None and self.spark.incomplete_from is not None

    @property
    def rows(self) -> Result:
        """What other cells can refer to: `value`, `previous` and `change`."""
        values = {"value": self.value, "previous": self.previous_value, "change": self.change}
        columns = tuple(
            Column(name=name, label=name.capitalize(), type=ColumnType.NUMBER, unit=self.unit, decimals=self.decimals)
            for name in values
        )
        table = pa.table({name: pa.array([value]) for name, value in values.items()})
        return Result(columns=columns, table=table, watermark=Watermark(version=0, loaded_at=None))
