"""What is written in a SQL cell."""

from dataclasses import dataclass

from notebooks.cell import Cell
from notebooks.fields import Fields

MAX_SHOWN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlCell(Cell):
    """One SELECT. `{{ input }}` and `{{ cell.column }}` are bound as values; another cell is read as a table by its
    name. `limit` is how many rows are shown; cells that refer to this one have them all."""

    sql: str
    title: str = ""
    limit: int = 100


def read(name: str, fields: Fields) -> SqlCell:
    """A SQL cell from its keys."""
    return SqlCell(
        name=name,
        sql=fields.prose("sql"),
        title=fields.line("title"),
        limit=fields.integer("limit", 100, minimum=1, maximum=MAX_SHOWN),
    )


EXAMPLE = SqlCell(
    name="late_deals",
    title="Deals past their date",
    sql="SELECT owner, count(*) AS deals\nFROM deals\nGROUP BY owner\nORDER BY deals DESC",
)
