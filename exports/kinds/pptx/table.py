"""Native tables: as many rows as can be read on a slide, on three slides at most; what is left out is said."""

from collections.abc import Sequence

from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Inches, Pt

from exports.blocks import TableBlock
from exports.cells import cell_text, even_decimals, heading_text, is_numeric, total_texts
from exports.kinds.pptx.slide import LEFT, TOP, WIDTH, Deck, clean, colour, write_run

MOST_ROWS, MOST_SLIDES, MOST_COLUMNS = 14, 3, 8
_ROW_HEIGHT = Inches(0.33)
_LONGEST_CELL = 60
# The style "No Style, No Grid": the colours are ours.
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def draw_table(deck: Deck, table: TableBlock) -> None:
    """The slides of a table."""
    columns = tuple(
        even_decimals(column, [row[index] for row in table.rows[: MOST_ROWS * MOST_SLIDES]])
        for index, column in enumerate(table.columns[:MOST_COLUMNS])
    )
    heads = [heading_text(column) for column in columns]
    lines = [
        [cell_text(value, column) for value, column in zip(row, columns, strict=False)]
        for row in table.rows[: MOST_ROWS * MOST_SLIDES]
    ]
    totals = total_texts(table.totals[: len(columns)], columns)
    numbers = [is_numeric(column) for column in columns]
    for start in range(0, max(len(lines), 1), MOST_ROWS):
        shown = lines[start : start + MOST_ROWS]
        is_last = start + MOST_ROWS >= len(lines)
        slide = deck.slide(table.title or "Table", _left_out(table, len(lines)) or table.subtitle)
        foot = [totals] if totals and is_last else []
        if columns:
            _grid(slide, [heads, *shown, *foot], numbers, has_totals=bool(foot))


def _left_out(table: TableBlock, shown: int) -> str:
    total = max(table.total_rows or 0, len(table.rows))
    said = []
    if not table.rows:
        said.append("No rows")
    if total > shown:
        said.append(f"{shown:,} of {'' if table.is_total_exact else 'more than '}{total:,} rows")
    if len(table.columns) > MOST_COLUMNS:
        said.append(f"{MOST_COLUMNS} of {len(table.columns):,} columns")
    return ", ".join(said)


def _grid(slide: Slide, rows: Sequence[Sequence[str]], numbers: Sequence[bool], *, has_totals: bool) -> None:
    count, width = len(rows), len(numbers)
    frame = slide.shapes.add_table(count, width, LEFT, TOP, WIDTH, _ROW_HEIGHT * count)
    grid = frame.table
    grid._tbl.tblPr.find(qn("a:tableStyleId")).text = _PLAIN
    for place, row in enumerate(rows):
        is_head, is_total = place == 0, has_totals and place == count - 1
        grid.rows[place].height = _ROW_HEIGHT
        for column, text in enumerate(row):
            cell = grid.cell(place, column)
            cell.margin_top = cell.margin_bottom = Pt(3)
            cell.fill.solid()
            cell.fill.fore_color.rgb = colour("tableHeader" if is_head else "surface")
            write_run(
                cell.text_frame.paragraphs[0], clean(text, _LONGEST_CELL), size=12, ink="text2" if is_head else "text",
                is_bold=is_head or is_total, is_number=numbers[column],
            )  # fmt: skip
