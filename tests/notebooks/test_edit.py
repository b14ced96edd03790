"""Edits: one cell at a time, undone by the edit they give back, and never on top of somebody else's."""

from dataclasses import replace

import pytest

from core.errors import InvalidError
from metrics.period import PeriodKind
from notebooks import (
    AddCell,
    DeleteCell,
    DescribeNotebook,
    Edit,
    EditConflict,
    MetricCell,
    MoveCell,
    Notebook,
    NotebookError,
    ReplaceCell,
    SqlCell,
    TextCell,
    cell_from_form,
    cell_kinds,
    changed_keys,
    compare_notebooks,
    duplicate_cell,
    form_values,
    kind_name,
)

A = TextCell(name="a", text="one")
B = TextCell(name="b", text="Of {{ a.x }}")
C = MetricCell(name="c", metric="bookings", period=PeriodKind.QUARTER, where="region = {{ a }}")
BOOK = Notebook(name="n", title="N", cells=(A, B, C))


def names(notebook: Notebook) -> str:
    return " ".join(cell.name for cell in notebook.cells)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (AddCell(cell=A, after="b"), "a b a_2 c"),
        (AddCell(cell=A), "a_2 a b c"),
        (AddCell(cell=A, after="gone"), "a b c a_2"),
        (MoveCell(name="c", by=-1), "a c b"),
        (MoveCell(name="a", by=99), "b c a"),
        (DeleteCell(cell=A), "b c"),
        (duplicate_cell(BOOK, "b"), "a b b_2 c"),
        (ReplaceCell(before=A, cell=replace(A, name="z")), "z b c"),
        (DescribeNotebook(title="  New \n title ", description="x"), "a b c"),
    ],
)
def test_an_edit_and_its_undo(edit: Edit, expected: str) -> None:
    changed, undo = edit.apply(BOOK)
    assert names(changed) == expected
    assert undo.apply(changed)[0] == BOOK


def test_references_follow_a_new_name() -> None:
    changed, _ = ReplaceCell(before=A, cell=replace(A, name="z")).apply(BOOK)
    assert changed.cells[1] == replace(B, text="Of {{ z.x }}")
    assert changed.cells[2] == replace(C, where="region = {{ z }}")


def test_a_name_that_sql_reads_or_another_cell_has_is_kept() -> None:
    book = replace(BOOK, cells=(*BOOK.cells, SqlCell(name="d", sql="SELECT * FROM a")))
    with pytest.raises(InvalidError, match="The SQL of d reads a as a table"):
        ReplaceCell(before=A, cell=replace(A, name="z")).apply(book)
    with pytest.raises(InvalidError, match=r"'c' is taken by another cell\. Try c_2"):
        ReplaceCell(before=A, cell=replace(A, name="c")).apply(BOOK)


def test_two_people_who_edit_different_cells_both_find_their_edit() -> None:
    mine = ReplaceCell(before=A, cell=replace(A, text="mine"))
    theirs = ReplaceCell(before=B, cell=replace(B, text="theirs"))
    both = mine.apply(theirs.apply(BOOK)[0])[0]
    assert both.cells[:2] == (replace(A, text="mine"), replace(B, text="theirs"))


def test_two_people_who_edit_one_cell_are_told_and_both_texts_are_there() -> None:
    changed = ReplaceCell(before=A, cell=replace(A, text="theirs")).apply(BOOK)[0]
    with pytest.raises(EditConflict, match="Somebody else has changed the cell a meanwhile") as caught:
        ReplaceCell(before=A, cell=replace(A, text="mine")).apply(changed)
    assert changed_keys(caught.value.theirs, caught.value.mine) == {"text": ("theirs", "mine")}
    with pytest.raises(EditConflict, match="changed"):
        DeleteCell(cell=A).apply(changed)


def test_a_cell_that_was_removed_meanwhile_is_told_so() -> None:
    with pytest.raises(EditConflict, match="removed") as caught:
        ReplaceCell(before=A, cell=replace(A, text="mine")).apply(DeleteCell(cell=A).apply(BOOK)[0])
    assert (caught.value.theirs, caught.value.mine) == (None, replace(A, text="mine"))


def test_a_notebook_has_at_most_a_thousand_cells() -> None:
    full = Notebook(name="n", title="N", cells=tuple(TextCell(name=f"c{index}", text="x") for index in range(1000)))
    with pytest.raises(InvalidError, match="at most 1,000 cells"):
        AddCell(cell=A).apply(full)


def test_a_comparison_names_what_changed() -> None:
    after = Notebook(name="n", title="M", cells=(C, replace(A, text="two"), TextCell(name="d", text="x")))
    found = compare_notebooks(BOOK, after)
    assert found.sentence == "Added d; changed a; removed b; moved cells; changed the title, description or layout"
    assert compare_notebooks(BOOK, BOOK).sentence == "Nothing changed"


@pytest.mark.parametrize("kind", sorted(cell_kinds()))
def test_a_form_fills_in_what_a_cell_holds_and_reads_it_back(kind: str) -> None:
    definition = cell_kinds()[kind]
    values = form_values(definition.example)
    assert set(values) <= {"name", "kind", *(field.key for field in definition.form)}
    again = cell_from_form(
        kind, definition.example.name, {key: values[key] for key in values if key not in ("name", "kind")}
    )
    assert again == definition.example
    assert kind_name(again) == kind


def test_a_form_reports_every_problem_as_a_document_does() -> None:
    with pytest.raises(NotebookError) as caught:
        cell_from_form("table", "t", {"metrics": (), "limit": 5000, "order": ("nothing",)})
    messages = [problem.message for problem in caught.value.problems]
    assert messages == [
        "metrics is missing; write a list such as metrics: [name]",
        "limit is a whole number from 1 to 1000, not 5000",
    ]
