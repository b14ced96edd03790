"""The dashboard face of a notebook: which cells stand on it, in which order, each over how many of twelve columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import InvalidError

if TYPE_CHECKING:
    from notebooks.cell import Cell
    from notebooks.document import Notebook

COLUMNS = 12
MAX_HEIGHT = 4
_WIDTHS = {"metric": 3, "chart": 6, "table": 12, "sql": 12, "text": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One cell on the dashboard. `width` counts columns of twelve; `height` is in steps of a chart's usual height."""

    cell: str
    width: int
    height: int = 1


def tiles_of(notebook: "Notebook") -> tuple[Tile, ...]:
    """The tiles as they were arranged, without cells that have gone; of all cells in their order where none were.

    Inputs stand above the tiles, never among them.
    """
    from notebooks.registry import kind_name

    cells = {cell.name: cell for cell in notebook.cells if kind_name(cell) != "input"}
    if notebook.dashboard:
        return tuple(tile for tile in notebook.dashboard if tile.cell in cells)
    return tuple(suggest_tile(cell) for cell in cells.values())


def suggest_tile(cell: "Cell") -> Tile:
    """A tile of the width that suits the kind of the cell."""
    from notebooks.registry import kind_name

    return Tile(cell=cell.name, width=_WIDTHS.get(kind_name(cell), 6))


def rows_of(tiles: Sequence[Tile]) -> list[list[Tile]]:
    """The tiles in rows: each takes as many as fit beside each other, in order."""
    rows: list[list[Tile]] = []
    for tile in tiles:
        if rows and sum(one.width for one in rows[-1]) + tile.width <= COLUMNS:
            rows[-1].append(tile)
        else:
            rows.append([tile])
    return rows


def move_tile(tiles: Sequence[Tile], cell: str, before: str | None) -> tuple[Tile, ...]:
    """The tiles with one put before another, last where that is None."""
    moved = _require(tiles, cell)
    others = [tile for tile in tiles if tile.cell != cell]
    names = [tile.cell for tile in others]
    index = names.index(before) if before in names else len(others)
    return (*others[:index], moved, *others[index:])


def resize_tile(tiles: Sequence[Tile], cell: str, width: int) -> tuple[Tile, ...]:
    """The tiles with one over `width` columns, within one and twelve."""
    _require(tiles, cell)
    held = min(max(width, 1), COLUMNS)
    return tuple(replace(tile, width=held) if tile.cell == cell else tile for tile in tiles)


def _require(tiles: Sequence[Tile], cell: str) -> Tile:
    for tile in tiles:
        if tile.cell == cell:
            return tile
    raise InvalidError(f"There is no tile {cell!r} on this dashboard.")
