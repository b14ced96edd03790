"""A dashboard is an arrangement of the notebook's own cells: written with it, edited and undone like it."""

from dataclasses import replace

import pytest

from charts import ChartKind
from core.errors import InvalidError
from metrics import Grain
from metrics.period import PeriodKind
from notebooks import (
    AddCell,
    ArrangeDashboard,
    ChartCell,
    DeleteCell,
    InputCell,
    InputType,
    MetricCell,
    Notebook,
    NotebookError,
    ReplaceCell,
    TextCell,
    Tile,
    dump_notebook,
    move_tile,
    parse_notebook,
    resize_tile,
    rows_of,
    tiles_of,
)

A = MetricCell(name="a", metric="bookings", period=PeriodKind.QUARTER)
B = ChartCell(name="b", chart=ChartKind.LINE, metrics=("bookings",), grain=Grain.MONTH, last=3)
C = TextCell(name="c", text="x")
INPUT = InputCell(name="i", type=InputType.TEXT)
BOOK = Notebook(name="n", title="N", cells=(INPUT, A, B, C))
ARRANGED = replace(BOOK, dashboard=(Tile(cell="b", width=8, height=2), Tile(cell="a", width=4)))


def test_what_nobody_arranged_is_laid_out_by_kind_without_inputs() -> None:
    assert [(tile.cell, tile.width) for tile in tiles_of(BOOK)] == [("a", 3), ("b", 6), ("c", 12)]


def test_an_arrangement_is_written_and_read_back() -> None:
    text = dump_notebook(ARRANGED)
    assert text.endswith("dashboard:\n  - cell: b\n    width: 8\n    height: 2\n  - cell: a\n    width: 4\n")
    assert parse_notebook(text) == ARRANGED


def test_a_row_takes_what_fits_into_twelve_columns() -> None:
    tiles = [Tile(cell=str(index), width=width) for index, width in enumerate((3, 3, 6, 8, 4, 12, 5))]
    assert [[tile.width for tile in row] for row in rows_of(tiles)] == [[3, 3, 6], [8, 4], [12], [5]]


def test_tiles_are_moved_and_resized_within_twelve() -> None:
    tiles = ARRANGED.dashboard
    assert [tile.cell for tile in move_tile(tiles, "a", "b")] == ["a", "b"]
    assert [tile.cell for tile in move_tile(tiles, "b", None)] == ["a", "b"]
    assert [tile.width for tile in resize_tile(tiles, "a", 99)] == [8, 12]
    with pytest.raises(InvalidError, match="no tile 'z'"):
        move_tile(tiles, "z", None)


def test_arranging_is_undone() -> None:
    changed, undo = ArrangeDashboard(tiles=(Tile(cell="c", width=6), Tile(cell="gone", width=6))).apply(ARRANGED)
    assert changed.dashboard == (Tile(cell="c", width=6),)
    assert undo.apply(changed)[0] == ARRANGED


def test_a_cells_tile_follows_its_name_and_comes_back_with_it() -> None:
    renamed, _ = ReplaceCell(before=A, cell=replace(A, name="z")).apply(ARRANGED)
    assert [tile.cell for tile in renamed.dashboard] == ["b", "z"]
    deleted, undo = DeleteCell(cell=B).apply(ARRANGED)
    assert [tile.cell for tile in deleted.dashboard] == ["a"]
    back, _ = undo.apply(deleted)
    assert set(back.dashboard) == set(ARRANGED.dashboard)
    assert back.cells == ARRANGED.cells


def test_a_new_cell_stands_at_the_end_of_an_arranged_dashboard() -> None:
    added, _ = AddCell(cell=C, after="a").apply(ARRANGED)
    assert added.dashboard[-1] == Tile(cell="c_2", width=12)
    assert AddCell(cell=C).apply(BOOK)[0].dashboard == ()


def test_everything_wrong_with_an_arrangement_is_said_at_once() -> None:
    text = "notebook: n\ntitle: N\ncells:\n  - {name: a, kind: text, text: x}\ndashboard:\n"
    text += "  - {cell: b, width: 13}\n  - {cell: a, width: 3, colour: red}\n  - {cell: a, width: 3}\n"
    with pytest.raises(NotebookError) as caught:
        parse_notebook(text, "n.yaml")
    assert [str(problem) for problem in caught.value.problems] == [
        "n.yaml:6: width is a whole number from 1 to 12, not 13",
        "n.yaml:6: there is no cell 'b'. Known: a.",
        "n.yaml:7: unknown key 'colour'. Known: cell, height, width.",
        "n.yaml:8: the cell 'a' stands on the dashboard twice",
    ]
