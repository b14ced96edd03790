"""What is written in a metric cell."""

from dataclasses import dataclass

from metrics.period import PeriodKind
from notebooks.cell import Cell
from notebooks.fields import Fields
from notebooks.scope import CELL_PERIODS


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricCell(Cell):
    """One metric over a period to date, compared with the period before.

    `explain` is a dimension: a notable change is then told by its members. `where` is filter text as in the metrics
    layer; `title` stands in for the metric's label.
    """

    metric: str
    period: PeriodKind
    title: str = ""
    explain: str | None = None
    where: str | None = None


def read(name: str, fields: Fields) -> MetricCell:
    """A metric cell from its keys."""
    return MetricCell(
        name=name,
        metric=fields.name("metric"),
        period=fields.choice("period", CELL_PERIODS, PeriodKind.QUARTER),
        title=fields.line("title"),
        explain=fields.optional_name("explain"),
        where=fields.optional("where"),
    )


EXAMPLE = MetricCell(name="bookings", metric="bookings", period=PeriodKind.QUARTER, explain="region")
