"""What is written in a pivot cell."""

from dataclasses import dataclass

from metrics.period import PeriodKind
from notebooks.cell import Cell
from notebooks.fields import Fields
from notebooks.scope import CELL_PERIODS

MAX_ROWS = 1_000
MAX_ROW_DIMENSIONS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PivotCell(Cell):
    """A metric over a period to date by one or two dimensions down and one across; `limit` counts the rows shown."""

    metric: str
    rows: tuple[str, ...]
    columns: str
    period: PeriodKind
    title: str = ""
    limit: int = 100
    where: str | None = None


def read(name: str, fields: Fields) -> PivotCell:
    """A pivot cell from its keys."""
    cell = PivotCell(
        name=name,
        metric=fields.name("metric"),
        rows=fields.names("rows", is_required=True),
        columns=fields.name("columns"),
        period=fields.choice("period", CELL_PERIODS, PeriodKind.QUARTER),
        title=fields.line("title"),
        limit=fields.integer("limit", 100, minimum=1, maximum=MAX_ROWS),
        where=fields.optional("where"),
    )
    if len(cell.rows) > MAX_ROW_DIMENSIONS:
        fields.problem("rows", f"a pivot has one or two dimensions down, not {len(cell.rows)}; use a table")
    if cell.columns in cell.rows:
        fields.problem("columns", f"{cell.columns!r} stands down already; take another dimension across")
    return cell


EXAMPLE = PivotCell(
    name="matrix",
    metric="bookings",
    rows=("region",),
    columns="owner",
    period=PeriodKind.QUARTER,
    title="Bookings by region and owner",
)
