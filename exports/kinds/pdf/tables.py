"""Tables that break across pages with repeated heads; wide ones are set in groups of columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.platypus import CondPageBreak, Flowable, Spacer, Table, TableStyle

from charts.fonts import REGULAR, SEMIBOLD, printable, text_width
from charts.theme import heat_ground
from core.heat import heat_of
from core.result import Column, ColumnType
from exports.blocks import TableBlock
from exports.cells import cell_text, even_decimals, heading_text, is_numeric, total_texts
from exports.kinds.pdf.lines import break_lines
from exports.kinds.pdf.outline import Bookmark
from exports.kinds.pdf.prose import plain
from exports.kinds.pdf.style import GAP, HAIRLINE, colour

SIZE = 8.2
LEADING = 10.6
SIDE = 6.0
SPACE_ABOVE = 4.2
SPACE_BELOW = 4.6
NARROWEST = 44.0
WIDEST = 190.0
# Nobody reads more than this on paper; what is left out is said below the table.
MOST_COLUMNS = 40
MOST_CELLS = 12_000
MOST_LINES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table as texts, and how wide each column would like to be and must be; `totals` may be empty.

    `heat` has the shades of each column that is shaded, by its index.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...]
    numeric: tuple[bool, ...]
    wanted: tuple[float, ...]
    needed: tuple[float, ...]
    heat: Mapping[int, Sequence[float | None]]
    subtotals: frozenset[int]


def is_wide(block: TableBlock, width: float) -> bool:
    """Whether the columns of a table do not fit beside each other in a width."""
    return sum(_grid(block).needed) > width


def table_flowables(block: TableBlock, width: float, level: int) -> list[Flowable]:
    """Title, the table in one or more groups of columns, and what it leaves out."""
    grid = _grid(block)
    flowables: list[Flowable] = [CondPageBreak(100), Spacer(1, GAP), Bookmark(block.title or "Table", level)]
    if block.title:
        flowables.append(plain(block.title, "cardTitle", 200))
    if block.subtitle:
        flowables.append(plain(block.subtitle, "cardSubtitle", 300))
    groups = _groups(grid, width) if grid.heads else []
    for number, group in enumerate(groups):
        if len(groups) > 1:
            words = f"Columns {group[1] + 1 if number else 1} to {group[-1] + 1} of {len(grid.heads)}"
            flowables += [CondPageBreak(70), Spacer(1, 6), plain(words, "cardSubtitle")]
        flowables += [Spacer(1, 5), _table(grid, group, width)]
    notes = _notes(block, grid)
    if notes:
        flowables += [Spacer(1, 4), plain(notes, "meta")]
    return [*flowables, Spacer(1, GAP)]


def _notes(block: TableBlock, grid: Grid) -> str:
    """What is left out; empty where nothing is."""
    notes = []
    shown, total = len(grid.rows), max(block.total_rows or 0, len(block.rows))
    if shown < total:
        whole = "; the total is of all" if grid.totals else ""
        notes.append(f"{shown:,} of {'' if block.is_total_exact else 'more than '}{total:,} rows{whole}")
    if len(grid.heads) < len(block.columns):
        notes.append(f"{len(grid.heads):,} of {len(block.columns):,} columns")
    if not block.rows:
        notes.append("No rows")
    return ", ".join(notes)


def _grid(block: TableBlock) -> Grid:
    columns = block.columns[:MOST_COLUMNS]
    most = max(1, MOST_CELLS // max(len(columns), 1))
    columns = tuple(
        even_decimals(column, [row[index] for row in block.rows[:most]]) for index, column in enumerate(columns)
    )
    rows = tuple(
        tuple(printable(cell_text(value, column)[:2000]) for value, column in zip(row, columns, strict=False))
        for row in block.rows[:most]
    )
    heads = tuple(printable(heading_text(column))[:200] for column in columns)
    totals = total_texts(block.totals[: len(columns)], columns)
    widths = [
        _column_widths(column, head, [row[index] for row in rows], totals[index] if totals else "")
        for index, (column, head) in enumerate(zip(columns, heads, strict=True))
    ]
    return Grid(
        heads=heads,
        rows=rows,
        totals=totals,
        numeric=tuple(is_numeric(column) for column in columns),
        wanted=tuple(wanted for wanted, _ in widths),
        needed=tuple(needed for _, needed in widths),
        heat={
            index: heat_of([row[index] for row in block.rows[:most]])
            for index, column in enumerate(columns)
            if column.name in block.heat
        },
        subtotals=frozenset(place for place in block.subtotals if place < len(rows)),
    )


def _column_widths(column: Column, head: str, texts: Sequence[str], total: str) -> tuple[float, float]:
    """How wide a column wants to be and must be. Only texts break into lines, heads between words."""
    longest = sorted(set(texts), key=len)[-12:]
    body = max((text_width(text[:120], SIZE) for text in longest), default=0.0)
    body = max(body, text_width(total[:120], SIZE, SEMIBOLD))
    word = min(90.0, max((text_width(part, SIZE, SEMIBOLD) for part in head.split()), default=0.0))
    on_two_lines = text_width(head, SIZE, SEMIBOLD) * 0.6
    wanted = max(body, word, on_two_lines)
    least = min(body, max(NARROWEST, word)) if column.type is ColumnType.TEXT else max(body, word)
    return (min(wanted, WIDEST) + 2 * SIDE, min(max(least, 16.0), wanted, WIDEST) + 2 * SIDE)


def _groups(grid: Grid, width: float) -> list[list[int]]:
    """Columns that fit beside each other; every further group starts with the first column again."""
    groups: list[list[int]] = [[]]
    used = 0.0
    for index, needed in enumerate(grid.needed):
        if groups[-1] and used + needed > width and not (len(groups) > 1 and len(groups[-1]) == 1):
            groups.append([0])
            used = grid.needed[0]
        groups[-1].append(index)
        used += needed
    return groups


def _widths(grid: Grid, group: Sequence[int], width: float) -> list[float]:
    """Every column at least as wide as it must be; what is left goes to small wishes first, then to texts."""
    widths = [grid.needed[index] for index in group]
    spare = width - sum(widths)
    if spare <= 0:
        return [one * width / sum(widths) for one in widths]
    wishes = [grid.wanted[index] - grid.needed[index] for index in group]
    for rank, place in enumerate(sorted(range(len(group)), key=lambda place: wishes[place])):
        # A fair share of what is left, so that one long column does not make all the others break.
        given = min(wishes[place], spare / (len(group) - rank))
        widths[place] += given
        spare -= given
    texts = [place for place, index in enumerate(group) if not grid.numeric[index]] or list(range(len(group)))
    for place in texts:
        widths[place] += spare / len(texts)
    return widths


def _table(grid: Grid, group: Sequence[int], width: float) -> Table:
    widths = _widths(grid, group, width)
    head = [_cell(grid.heads[index], one, SEMIBOLD, 3) for index, one in zip(group, widths, strict=True)]
    body = [
        [
            _cell(row[index], one, SEMIBOLD if place in grid.subtotals else REGULAR, MOST_LINES)
            for index, one in zip(group, widths, strict=True)
        ]
        for place, row in enumerate(grid.rows)
    ]
    if grid.totals:
        foot = (_cell(grid.totals[index], one, SEMIBOLD, 2) for index, one in zip(group, widths, strict=True))
        body.append(list(foot))
    table = Table([head, *body], colWidths=widths, repeatRows=1, style=_look(grid, group))
    table.hAlign = "LEFT"
    return table


def _cell(text: str, width: float, font: str, most: int) -> str:
    return "\n".join(break_lines(text, width - 2 * SIDE + 0.01, SIZE, most, font))


def _look(grid: Grid, group: Sequence[int]) -> TableStyle:
    commands: list[tuple[object, ...]] = [
        ("FONT", (0, 0), (-1, 0), SEMIBOLD, SIZE, LEADING),
        ("FONT", (0, 1), (-1, -1), REGULAR, SIZE, LEADING),
        ("TEXTCOLOR", (0, 0), (-1, 0), colour("text2")),
        ("TEXTCOLOR", (0, 1), (-1, -1), colour("text")),
        ("BACKGROUND", (0, 0), (-1, 0), colour("tableHeader")),
        ("LINEABOVE", (0, 0), (-1, 0), HAIRLINE, colour("line")),
        ("LINEBELOW", (0, 0), (-1, 0), HAIRLINE, colour("lineStrong")),
        ("LINEBELOW", (0, 1), (-1, -1), HAIRLINE, colour("lineSoft")),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("VALIGN", (0, 1), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), SIDE),
        ("RIGHTPADDING", (0, 0), (-1, -1), SIDE),
        ("TOPPADDING", (0, 0), (-1, -1), SPACE_ABOVE),
        ("BOTTOMPADDING", (0, 0), (-1, -1), SPACE_BELOW),
    ]
    commands += [("FONT", (0, row + 1), (-1, row + 1), SEMIBOLD, SIZE, LEADING) for row in sorted(grid.subtotals)]
    commands += [
        ("ALIGN", (place, 0), (place, -1), "RIGHT") for place, index in enumerate(group) if grid.numeric[index]
    ]
    for place, index in enumerate(group):
        for row, heat in enumerate(grid.heat.get(index, ()), start=1):
            if heat is not None:
                commands.append(("BACKGROUND", (place, row), (place, row), HexColor(heat_ground(heat))))
    if grid.totals:
        commands += [
            ("FONT", (0, -1), (-1, -1), SEMIBOLD, SIZE, LEADING),
            ("LINEABOVE", (0, -1), (-1, -1), HAIRLINE, colour("lineStrong")),
            ("LINEBELOW", (0, -1), (-1, -1), 0, colour("surface")),
        ]
    return TableStyle(commands)
