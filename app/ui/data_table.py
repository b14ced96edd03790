"""Short tables that matter, as real tables: numbers to the right, the first column in view on a phone.

Long or sortable tables belong in `st.dataframe`. Cells are written by `core.numbers` before they come here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.ui.action import Action
from app.ui.badge import Badge
from app.ui.surface import surface
from app.ui.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column's heading; numbers stand to the right."""

    label: str
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCell:
    """A number with an inline bar; `share` is between 0 and 1."""

    text: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """A number on a ground of the accent; `heat` is the accent's share in it."""

    text: str
    heat: float


Cell = str | Badge | ShareCell | HeatCell


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """A table: `caption` says what it shows to those who cannot see it, `total_rows` how many rows there are in all.

    `foot` is a row of totals, empty where there is none. With `row_acts`, one for each row, the first cell of a row is
    a button that sends its act; an empty act leaves it a plain cell. `subtotals` are the places of rows set in bold.
    """

    caption: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[str, ...] = ()
    total_rows: int | None = None
    notes: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    row_acts: tuple[str, ...] = ()
    subtotals: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, the table has {len(self.columns)} columns")
        if self.row_acts and len(self.row_acts) != len(self.rows):
            raise ValueError(f"there are {len(self.row_acts)} acts for {len(self.rows)} rows")
        if self.foot and len(self.foot) != len(self.columns):
            raise ValueError(f"the totals have {len(self.foot)} cells, the table has {len(self.columns)} columns")

    @property
    def rows_shown(self) -> str:
        """How much of the whole is shown.

        >>> DataTable(caption="", columns=(), rows=((),) * 2, total_rows=12340).rows_shown
        '2 of 12,340 rows'
        """
        if self.total_rows is None:
            return ""
        if self.total_rows == len(self.rows):
            return "1 row" if self.total_rows == 1 else f"{self.total_rows:,} rows"
        return f"{len(self.rows):,} of {self.total_rows:,} rows"


def render_table(table: DataTable) -> Markup:
    """The markup of a table."""
    return render("data_table.html", table=table)


def data_table(table: DataTable, *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw a table inside a card."""
    return surface(render_table(table), key=f"table_{key}", on_act=on_act)


def text_rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of plain text as the table wants them."""
    return tuple(tuple(row) for row in rows)
