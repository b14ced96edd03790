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
    Heading,
    InputCell,
    InputType,
    MetricCell,
    Notebook,
    NotebookError,
    ReplaceCell,
    Tab,
    TextCell,
    Tile,
    add_tab,
    boards_of,
    change_board,
    dump_notebook,
    merge_drop,
    parse_notebook,
    remove_tab,
    rename_tab,
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


def test_tabs_and_headings_are_written_and_read_back() -> None:
    parts = (Tab(tab="One"), Heading(heading="Now"), *ARRANGED.dashboard[:1], Tab(tab="Two"), *ARRANGED.dashboard[1:])
    tabbed = replace(BOOK, dashboard=parts)
    text = dump_notebook(tabbed)
    assert "dashboard:\n  - tab: One\n  - heading: Now\n  - cell: b\n" in text
    assert parse_notebook(text) == tabbed
    assert [(board.title, [tile.cell for tile in board.tiles]) for board in boards_of(parts)] == [
        ("One", ["b"]),
        ("Two", ["a"]),
    ]


def test_what_stood_on_no_tab_stands_on_the_first_and_comes_back_from_one_taken_away() -> None:
    parts = ARRANGED.dashboard
    tabbed = add_tab(parts, " Deals  lost ")
    assert tabbed == (Tab(tab="Overview"), *parts, Tab(tab="Deals lost"))
    filled = change_board(tabbed, "Deals lost", lambda now: (*now, Tile(cell="c", width=12)))
    assert filled[-1] == Tile(cell="c", width=12)
    assert rename_tab(filled, "Overview", "First")[0] == Tab(tab="First")
    # The tiles of a tab that goes stand on its neighbour; the last tab leaves a dashboard without tabs.
    assert remove_tab(filled, "Overview") == (*parts, Tile(cell="c", width=12))
    assert remove_tab(filled, "Deals lost") == (*parts, Tile(cell="c", width=12))
    for words, problem in (("", "1 to 60"), ("x" * 61, "1 to 60"), ("Overview", "already")):
        with pytest.raises(InvalidError, match=problem):
            add_tab(tabbed, words)
    with pytest.raises(InvalidError, match="no tab 'Gone'"):
        change_board(tabbed, "Gone", lambda now: now)
    with pytest.raises(InvalidError, match="at least one"):
        remove_tab(parts, "")


def test_a_drop_keeps_what_others_added_and_does_not_bring_back_what_they_took_away() -> None:
    a, b, c, d = (Tile(cell=name, width=3) for name in "abcd")
    wide = replace(b, width=6)
    assert merge_drop((a, b, c), (a, b, c), (wide, a, c)) == (wide, a, c)
    assert merge_drop((a, c, d), (a, b, c), (c, wide, a)) == (c, a, d)
    # What this drop hides goes, whatever others do.
    assert merge_drop((a, b, c), (a, b, c), (Heading(heading="x"), a)) == (Heading(heading="x"), a)


def test_arranging_is_undone() -> None:
    changed, undo = ArrangeDashboard(parts=(Tile(cell="c", width=6), Tile(cell="gone", width=6))).apply(ARRANGED)
    assert changed.dashboard == (Tile(cell="c", width=6),)
    assert undo.apply(changed)[0] == ARRANGED


def test_a_cells_tile_follows_its_name_and_comes_back_with_it() -> None:
    renamed, _ = ReplaceCell(before=A, cell=replace(A, name="z")).apply(ARRANGED)
    assert [tile.cell for tile in tiles_of(renamed)] == ["b", "z"]
    deleted, undo = DeleteCell(cell=B).apply(ARRANGED)
    assert [tile.cell for tile in tiles_of(deleted)] == ["a"]
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
    text += "  - {tab: T}\n  - {tab: T}\n"
    with pytest.raises(NotebookError) as caught:
        parse_notebook(text, "n.yaml")
    assert [str(problem) for problem in caught.value.problems] == [
        "n.yaml:6: width is a whole number from 1 to 12, not 13",
        "n.yaml:6: there is no cell 'b'. Known: a.",
        "n.yaml:7: unknown key 'colour'. Known: cell, heading, height, tab, width.",
        "n.yaml:8: the cell 'a' stands on the dashboard twice",
        "n.yaml:9: a dashboard with tabs begins with one",
        "n.yaml:10: the tab 'T' is there twice",
        "n.yaml:10: a dashboard with tabs begins with one",
    ]
