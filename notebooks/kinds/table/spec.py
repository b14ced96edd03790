"""What is written in a table cell."""

from dataclasses import dataclass

from core.names import suggestion
from metrics.period import PeriodKind
from notebooks.cell import Cell
from notebooks.fields import Fields
from notebooks.scope import CELL_PERIODS

MAX_ROWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell(Cell):
    """Metrics by dimensions over a period to date.

    `order` names metrics or dimensions, a leading minus for descending; `limit` is how many rows are shown. `heat`
    names the metrics whose cells are shaded from the smallest to the largest.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...]
    period: PeriodKind
    title: str = ""
    order: tuple[str, ...] = ()
    limit: int = 100
    where: str | None = None
    heat: tuple[str, ...] = ()


def read(name: str, fields: Fields) -> TableCell:
    """A table cell from its keys."""
    cell = TableCell(
        name=name,
        metrics=fields.names("metrics", is_required=True),
        by=fields.names("by"),
        period=fields.choice("period", CELL_PERIODS, PeriodKind.QUARTER),
        title=fields.line("title"),
        order=fields.names("order", is_signed=True),
        limit=fields.integer("limit", 100, minimum=1, maximum=MAX_ROWS),
        where=fields.optional("where"),
        heat=fields.names("heat"),
    )
    for wrong in (one for one in cell.heat if fields.is_valid and one not in cell.metrics):
        fields.problem("heat", f"{wrong!r} is not a metric of this table. {suggestion(wrong, cell.metrics)}")
    columns = cell.metrics + cell.by
    for entry in cell.order if fields.is_valid else ():
        if entry.removeprefix("-") not in columns:
            wrong = entry.removeprefix("-")
            fields.problem("order", f"{wrong!r} is not a column of this table. {suggestion(wrong, columns)}")
    return cell


EXAMPLE = TableCell(
    name="deals",
    metrics=("bookings", "won_deals"),
    by=("owner",),
    period=PeriodKind.QUARTER,
    title="Bookings by owner",
    order=("-bookings",),
    limit=10,
)
