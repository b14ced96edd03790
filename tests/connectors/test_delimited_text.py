"""CSV and its relatives: delimiters, quotes, headers."""

import pytest

from core.result import ColumnType
from tests.connectors.conftest import Stage
from tests.connectors.reading import only, rows, values


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(stage: Stage, delimiter: str) -> None:
    text = "name,amount\nNorth,1\nSouth,2\n".replace(",", delimiter)
    assert rows(only(stage("deals.csv", text))) == [("North", 1), ("South", 2)]


def test_the_table_is_named_after_the_file(stage: Stage) -> None:
    table = only(stage("Sales Pipeline-2017.csv", "a,b\n1,2\n"))
    assert (table.name, table.path.name) == ("sales_pipeline_2017", "sales_pipeline_2017.parquet")


def test_quoted_fields_keep_delimiters_quotes_and_line_ends(stage: Stage) -> None:
    text = 'a,b\n"x, y","say ""hi"""\n"two\r\nlines",z\n'
    assert rows(only(stage("a.csv", text))) == [("x, y", 'say "hi"'), ("two\r\nlines", "z")]


def test_apostrophes_quote_where_they_enclose_a_delimiter(stage: Stage) -> None:
    assert rows(only(stage("a.csv", "a,b\n'x, y',it''s\n'p''q','r'\n"))) == [("x, y", "it''s"), ("p'q", "r")]


def test_apostrophes_in_text_are_not_quotes(stage: Stage) -> None:
    assert rows(only(stage("a.csv", "a,b\n'tis,won't\nx,y\n"))) == [("'tis", "won't"), ("x", "y")]


def test_a_backslash_escapes_a_quote(stage: Stage) -> None:
    text = 'a,b\n"say \\"hi\\", now",1\n"x",2\n'
    assert rows(only(stage("a.csv", text))) == [('say "hi", now', 1), ("x", 2)]


def test_a_backslash_before_a_closing_quote_is_a_backslash(stage: Stage) -> None:
    assert rows(only(stage("a.csv", 'a,b\n"C:\\dir\\",1\n"x",2\n'))) == [("C:\\dir\\", 1), ("x", 2)]


def test_a_blank_before_a_quoted_field_is_skipped(stage: Stage) -> None:
    assert rows(only(stage("a.csv", 'a, b\n1, "x, y"\n2, "z"\n'))) == [(1, "x, y"), (2, "z")]


def test_inch_marks_inside_fields_are_kept(stage: Stage) -> None:
    assert values(only(stage("a.csv", 'a,b\npipe 5",1\nrod 3",2\n')), "a") == ['pipe 5"', 'rod 3"']


def test_blank_lines_are_no_rows(stage: Stage) -> None:
    assert rows(only(stage("a.csv", "\n\na,b\n\n1,2\n\n\n3,4\n\n"))) == [(1, 2), (3, 4)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(stage: Stage, end: str) -> None:
    assert rows(only(stage("a.csv", end.join(["a,b", "1,x", "2,y"])))) == [(1, "x"), (2, "y")]


def test_a_single_column_needs_no_delimiter(stage: Stage) -> None:
    assert values(only(stage("a.csv", "city\nParis, France\nRome, Italy; Lazio\n")), "city") == [
        "Paris, France",
        "Rome, Italy; Lazio",
    ]


def test_excels_separator_line_is_obeyed(stage: Stage) -> None:
    assert rows(only(stage("a.csv", "sep=;\na;b\n1,5;x\n2,5;y\n")))[0][1] == "x"


def test_repeated_and_blank_column_names_become_unique_with_a_warning(stage: Stage) -> None:
    table = only(stage("a.csv", "Amount,amount,,Amount\n1,2,3,4\n"))
    assert [column.name for column in table.columns] == ["amount", "amount_2", "column_3", "amount_3"]
    assert [column.header for column in table.columns] == ["Amount", "amount", "", "Amount"]
    assert "was taken already" in table.columns[1].warnings[0]
    assert "has no name in the file" in table.columns[2].warnings[0]


def test_columns_without_name_and_values_are_left_out(stage: Stage) -> None:
    table = only(stage("a.csv", "a,b,,\n1,2,,\n3,4,,\n"))
    assert [column.name for column in table.columns] == ["a", "b"]
    assert table.warnings == ("Columns with neither a name nor a value: 2. They were left out.",)


def test_a_file_without_header_is_noticed(stage: Stage) -> None:
    table = only(stage("a.csv", "1,2017-01-05,10.50\n2,2017-01-06,11.25\n"))
    assert table.rows == 2
    assert [column.name for column in table.columns] == ["column_1", "column_2", "column_3"]
    assert "The first row has values, not names" in table.warnings[0]


def test_years_may_be_column_names(stage: Stage) -> None:
    assert [column.name for column in only(stage("a.csv", "region,2016,2017\nWest,1,2\n")).columns] == [
        "region",
        "_2016",
        "_2017",
    ]


def test_a_header_alone_gives_an_empty_table_with_a_warning(stage: Stage) -> None:
    table = only(stage("a.csv", "name,amount\n"))
    assert (table.rows, [column.type for column in table.columns]) == (0, [ColumnType.TEXT, ColumnType.TEXT])
    assert table.warnings == ("The file has column names but no rows; the table is empty.",)


def test_very_long_fields_survive(stage: Stage) -> None:
    long = "é" * 3_000_000
    assert values(only(stage("a.csv", f'a,b\n1,"{long}"\n2,x\n')), "b") == [long, "x"]


def test_emoji_and_nul_survive(stage: Stage) -> None:
    assert values(only(stage("a.csv", "a,b\n1,🚀 grün\n2,nul\0byte\n")), "b") == ["🚀 grün", "nul\0byte"]


def test_a_column_may_be_called_like_the_engines_own(stage: Stage) -> None:
    table = only(stage("a.csv", "file_row_number,select\n7,x\nsoon,y\n"))
    assert rows(table) == [("7", "x"), ("soon", "y")]


@pytest.mark.slow
def test_two_thousand_columns_are_read(stage: Stage) -> None:
    names = ",".join(f"c{number}" for number in range(2_000))
    line = ",".join(str(number) for number in range(2_000))
    table = only(stage("wide.csv", f"{names}\n{line}\n{line}\n"))
    assert (len(table.columns), rows(table)[1][:3]) == (2_000, (0, 1, 2))
