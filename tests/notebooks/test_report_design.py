"""A report is an order of the notebook's own cells: written with it, edited and undone like it."""

from dataclasses import replace

import pytest

from metrics.period import PeriodKind
from notebooks import (
    AddCell,
    DeleteCell,
    DesignReport,
    MetricCell,
    Notebook,
    NotebookError,
    ReplaceCell,
    TextCell,
    compare_notebooks,
    dump_notebook,
    parse_notebook,
)
from notebooks.report_design import PageLook, Place, ReportBlock, ReportDesign, design_of, move_block, place_block

A = MetricCell(name="a", metric="bookings", period=PeriodKind.QUARTER)
B, C = TextCell(name="b", text="x"), TextCell(name="c", text="y")
BOOK = Notebook(name="n", title="N", cells=(A, B, C))
DESIGN = ReportDesign(
    blocks=(ReportBlock(cell="c", place=Place.PAGE), ReportBlock(cell="a"), ReportBlock(cell="b", place=Place.HIDDEN)),
    pages=frozenset({PageLook.COVER, PageLook.LANDSCAPE}),
)
DESIGNED = replace(BOOK, report=DESIGN)


def test_what_nobody_designed_is_all_cells_in_their_order() -> None:
    assert design_of(BOOK) == ReportDesign(blocks=tuple(ReportBlock(cell=name) for name in "abc"))
    assert "report" not in dump_notebook(BOOK)


def test_a_design_is_written_and_read_back() -> None:
    text = dump_notebook(DESIGNED)
    assert text.endswith(
        "report:\n  - cell: c\n    place: page\n  - cell: a\n  - cell: b\n    place: hidden\n"
        "report_pages: [cover, landscape]\n"
    )
    assert parse_notebook(text) == DESIGNED


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("report: [{cell: d}]", "there is no cell 'd'"),
        ("report: [{cell: a}, {cell: a}]", "stands in the report twice"),
        ("report: [{cell: a, place: above}]", "unknown place 'above'"),
        ("report_pages: [cver]", "unknown look 'cver'. Did you mean cover"),
    ],
)
def test_a_design_of_something_else_is_a_problem(written: str, problem: str) -> None:
    with pytest.raises(NotebookError, match=problem):
        parse_notebook(f"{dump_notebook(BOOK)}{written}\n")


def test_a_design_is_undone_and_told_among_the_changes() -> None:
    changed, undo = DesignReport(design=DESIGN).apply(BOOK)
    assert changed == DESIGNED
    assert undo.apply(changed)[0] == BOOK
    assert compare_notebooks(BOOK, changed).sentence == "Changed the title, description or layout"


def test_cells_that_come_go_or_are_renamed_are_followed() -> None:
    added = AddCell(cell=TextCell(name="d", text="z")).apply(DESIGNED)[0]
    assert [block.cell for block in design_of(added).blocks] == ["c", "a", "b", "d"]
    gone = DeleteCell(cell=A).apply(DESIGNED)[0]
    assert [block.cell for block in design_of(gone).blocks] == ["c", "b"]
    assert parse_notebook(dump_notebook(gone)).cells == (B, C)
    renamed, undo = ReplaceCell(before=C, cell=replace(C, name="last")).apply(DESIGNED)
    assert design_of(renamed).blocks[0] == ReportBlock(cell="last", place=Place.PAGE)
    assert undo.apply(renamed)[0] == DESIGNED


def test_blocks_move_by_places_and_never_beyond_the_ends() -> None:
    orders = [[one.cell for one in move_block(DESIGN, name, by).blocks] for name, by in (("c", 1), ("c", -1), ("b", 9))]
    assert orders == [["a", "c", "b"], ["c", "a", "b"], ["c", "a", "b"]]
    assert place_block(DESIGN, "a", Place.PAGE).blocks[1] == ReportBlock(cell="a", place=Place.PAGE)
