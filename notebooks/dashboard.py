"""The dashboard face of a notebook: which cells stand on it, in which order, each over how many of twelve columns.

The arrangement is a list that is read like a page: a tile takes the next place where it fits, a heading begins a
section, and a tab takes everything up to the next tab.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import InvalidError

if TYPE_CHECKING:
    from notebooks.cell import Cell
    from notebooks.document import Notebook

COLUMNS = 12
MAX_HEIGHT = 4
MAX_WORDS = 60
_WIDTHS = {"metric": 3, "chart": 6, "table": 12, "sql": 12, "text": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One cell on the dashboard. `width` counts columns of twelve; `height` is in steps of a chart's usual height."""

    cell: str
    width: int
    height: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Words over the whole width, with which a section begins."""

    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """What comes behind it, up to the next, stands on this tab. No two have the same title."""

    tab: str


Placed = Tile | Heading
Part = Placed | Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is seen at once: one tab, or the whole of a dashboard without tabs, whose `title` is empty."""

    title: str
    parts: tuple[Placed, ...]

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """Its tiles, in their order."""
        return tuple(part for part in self.parts if isinstance(part, Tile))


def parts_of(notebook: "Notebook") -> tuple[Part, ...]:
    """The parts as they were arranged, without cells that have gone; of all cells in their order where none were.

    Inputs stand above the tiles, never among them.
    """
    from notebooks.registry import kind_name

    cells = {cell.name: cell for cell in notebook.cells if kind_name(cell) != "input"}
    if notebook.dashboard:
        return tuple(part for part in notebook.dashboard if not isinstance(part, Tile) or part.cell in cells)
    return tuple(suggest_tile(cell) for cell in cells.values())


def tiles_of(notebook: "Notebook") -> tuple[Tile, ...]:
    """The tiles of all tabs, in their order."""
    return tuple(part for part in parts_of(notebook) if isinstance(part, Tile))


def boards_of(parts: Sequence[Part]) -> tuple[Board, ...]:
    """The tabs in their order; one without a title where there are none."""
    boards: list[Board] = []
    for part in parts:
        if isinstance(part, Tab):
            boards.append(Board(title=part.tab, parts=()))
        elif not boards:
            boards.append(Board(title="", parts=(part,)))
        else:
            boards[-1] = replace(boards[-1], parts=(*boards[-1].parts, part))
    return tuple(boards) or (Board(title="", parts=()),)


def suggest_tile(cell: "Cell") -> Tile:
    """A tile of the width that suits the kind of the cell."""
    from notebooks.registry import kind_name

    return Tile(cell=cell.name, width=_WIDTHS.get(kind_name(cell), 6))


def without_cell(parts: Sequence[Part], cell: str) -> tuple[Part, ...]:
    """The parts without the tile of a cell."""
    return tuple(part for part in parts if not isinstance(part, Tile) or part.cell != cell)


def change_board(
    parts: Sequence[Part], title: str, change: Callable[[tuple[Placed, ...]], Sequence[Placed]]
) -> tuple[Part, ...]:
    """The parts with one tab arranged anew. Raises InvalidError where the tab has gone."""
    boards = boards_of(parts)
    _require(boards, title)
    return _joined(
        [replace(board, parts=tuple(change(board.parts))) if board.title == title else board for board in boards]
    )


def merge_drop(now: Sequence[Placed], shown: Sequence[Placed], dropped: Sequence[Placed]) -> tuple[Placed, ...]:
    """What somebody arranged who saw `shown`, where others may have changed it to `now` meanwhile.

    A tile that came meanwhile stands at the end, one that went stays away.
    """
    there, seen = _cells(now), _cells(shown)
    kept = [part for part in dropped if not isinstance(part, Tile) or part.cell in there or part.cell not in seen]
    placed = _cells(kept)
    came = [part for part in now if isinstance(part, Tile) and part.cell not in seen and part.cell not in placed]
    return (*kept, *came)


def add_tab(parts: Sequence[Part], title: str) -> tuple[Part, ...]:
    """The parts with an empty tab at the end; what had none so far stands on one called Overview.

    Raises InvalidError for a title that is no line of words, or taken.
    """
    boards = boards_of(parts)
    if len(boards) == 1 and not boards[0].title:
        boards = (replace(boards[0], title="Overview"),)
    _require_free(boards, title)
    return _joined([*boards, Board(title=check_words(title), parts=())])


def rename_tab(parts: Sequence[Part], title: str, new: str) -> tuple[Part, ...]:
    """The parts with another title for a tab. Raises InvalidError as `add_tab` does."""
    boards = boards_of(parts)
    _require(boards, title)
    _require_free([board for board in boards if board.title != title], new)
    return _joined([replace(board, title=check_words(new)) if board.title == title else board for board in boards])


def remove_tab(parts: Sequence[Part], title: str) -> tuple[Part, ...]:
    """The parts without a tab; its tiles go to the one before it, those of the first to the next."""
    boards = list(boards_of(parts))
    index = next((place for place, board in enumerate(boards) if board.title == title), None)
    if index is None or len(boards) == 1:
        raise InvalidError(f"There is no tab {title!r} to take away; a dashboard has at least one.")
    gone = boards.pop(index)
    place = max(index - 1, 0)
    before = boards[place].parts
    boards[place] = replace(boards[place], parts=(*before, *gone.parts) if index else (*gone.parts, *before))
    return _joined(boards if len(boards) > 1 else [replace(boards[0], title="")])


def check_words(text: str) -> str:
    """The title of a tab or a heading as it is kept. Raises InvalidError for one that is empty or too long."""
    words = " ".join(text.split())
    if not words or len(words) > MAX_WORDS:
        raise InvalidError(f"A tab or heading has 1 to {MAX_WORDS} characters; this has {len(words)}.")
    return words


def _cells(parts: Sequence[Placed]) -> frozenset[str]:
    return frozenset(part.cell for part in parts if isinstance(part, Tile))


def _joined(boards: Sequence[Board]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for board in boards:
        if board.title:
            parts.append(Tab(tab=board.title))
        parts.extend(board.parts)
    return tuple(parts)


def _require(boards: Sequence[Board], title: str) -> None:
    if all(board.title != title for board in boards):
        raise InvalidError(f"There is no tab {title!r} on this dashboard any more.")


def _require_free(boards: Sequence[Board], title: str) -> None:
    if any(board.title == " ".join(title.split()) for board in boards):
        raise InvalidError(f"There is a tab {title!r} already; choose another title.")
