"""Booleans, and what stays text."""

from core.result import ColumnType
from tests.connectors.conftest import Stage
from tests.connectors.reading import only, values


def test_true_and_false_are_booleans(stage: Stage) -> None:
    table = only(stage("a.csv", "v,b\nTrue,1\nFALSE,2\n,3\n"))
    assert (table.column("v").type, values(table, "v")) == (ColumnType.BOOLEAN, [True, False, None])


def test_yes_and_no_are_booleans_with_a_note(stage: Stage) -> None:
    table = only(stage("a.csv", "v,b\nYes,1\nNo,2\n"))
    assert values(table, "v") == [True, False]
    assert table.column("v").notes == ("'yes' and 'no' were read as true and false.",)


def test_no_alone_may_be_a_country(stage: Stage) -> None:
    assert values(only(stage("a.csv", "v,b\nNO,1\nNO,2\n")), "v") == ["NO", "NO"]


def test_a_third_answer_keeps_yes_and_no_as_text(stage: Stage) -> None:
    table = only(stage("a.csv", "v,b\nYes,1\nNo,2\nNo internet service,3\n"))
    assert (table.column("v").type, table.column("v").warnings) == (ColumnType.TEXT, ())


def test_zero_and_one_are_numbers(stage: Stage) -> None:
    assert values(only(stage("a.csv", "v,b\n0,x\n1,y\n")), "v") == [0, 1]


def test_empty_text_is_null_and_blanks_are_kept(stage: Stage) -> None:
    assert values(only(stage("a.csv", 'v,b\n"",1\n" ",2\n x ,3\n')), "v") == [None, " ", " x "]


def test_blanks_around_numbers_do_not_matter(stage: Stage) -> None:
    assert values(only(stage("a.csv", "v,b\n 1 ,x\n  ,y\n2,z\n")), "v") == [1, None, 2]


def test_an_empty_column_is_text_with_a_warning(stage: Stage) -> None:
    column = only(stage("a.csv", "v,b\n,1\n,2\n")).column("v")
    assert (column.type, column.nulls, column.warnings) == (ColumnType.TEXT, 2, ("The column is empty in every row.",))


def test_rows_without_any_value_are_counted(stage: Stage) -> None:
    table = only(stage("a.csv", "a,b\n1,2\n,\n,\n3,4\n"))
    assert (table.rows, table.warnings) == (
        4,
        ("Rows that are empty in every column: 2. They were loaded as they are.",),
    )


def test_the_profile_counts_what_is_there(stage: Stage) -> None:
    table = only(stage("a.csv", "v,w\n3,x\n,y\n1,x\n3,\n"))
    column, text = table.column("v"), table.column("w")
    assert (column.nulls, column.distinct, column.minimum, column.maximum) == (1, 2, 1, 3)
    assert (text.nulls, text.distinct, text.minimum, text.examples) == (1, 2, None, ("x", "y"))
