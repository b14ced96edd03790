"""Text files that are refused: each message says what, where, and that nothing was loaded."""

import random

import pytest

from connectors import Limits, MalformedError, SourceLimitError, stage_files
from tests.connectors.conftest import Stage, Write
from tests.connectors.reading import only, refused, rows


@pytest.mark.parametrize(("content", "problem"), [("", "empty \\(0 bytes\\)"), ("\n \n\r\n", "only blank|no rows")])
def test_an_empty_file_is_refused(write: Write, content: str, problem: str) -> None:
    path = write("a.csv", content)
    if content:
        content = content.replace(" ", "")
        path.write_text(content)
    refused([path], path.parent.parent / "staging", problem)


def test_too_many_fields_are_refused_with_row_line_and_count(write: Write) -> None:
    path = write("deals.csv", 'a,b\n1,"two\nlines"\n3,4,5\n6,7\n8,9,10,11\n')
    error = refused(
        [path], path.parent.parent / "staging", "the header names 2 columns, but 2 rows have another number"
    )
    assert error.message.startswith("deals.csv, row 3 (line 4): ")
    assert "row 3 (line 4) has 3, row 5 (line 6) has 4" in error.message
    assert error.data == {"file": "deals.csv", "row": 3, "line": 4}


def test_too_few_fields_are_refused(write: Write) -> None:
    path = write("a.csv", "a,b,c\n1,2,3\n4,5\n")
    refused([path], path.parent.parent / "staging", r"a\.csv, row 3 \(line 3\): .* row 3 \(line 3\) has 2")


def test_many_ragged_rows_are_counted_and_five_are_shown(write: Write) -> None:
    path = write("a.csv", "a,b\n" + "1,2\n" * 100 + "1,2,3\n" * 30)
    refused([path], path.parent.parent / "staging", r"30 rows have .* row 106 \(line 106\) has 3 and 25 more")


def test_empty_fields_beyond_the_last_column_are_left_out_with_a_warning(stage: Stage) -> None:
    table = only(stage("a.csv", "a,b\n1,2\n3,4,,\n5,6,\n"))
    assert (rows(table), table.warnings) == (
        [(1, 2), (3, 4), (5, 6)],
        ("Rows that end in empty fields beyond the last column: 2. These fields were left out.",),
    )


def test_a_title_above_the_column_names_is_refused_with_a_hint(write: Write) -> None:
    path = write("a.csv", "Sales report 2017\nrep,region,won\nAnn,West,3\nBob,East,4\n")
    refused([path], path.parent.parent / "staging", "Remove the lines above the column names")


def test_a_quote_that_is_never_closed_is_refused_where_it_opens(write: Write) -> None:
    path = write("a.csv", 'a,b\n1,x\n2,"open\n3,y\n4,z\n')
    error = refused([path], path.parent.parent / "staging", "opened here and never closed")
    assert (error.data["row"], error.data["line"]) == (3, 3)


def test_a_stray_quote_never_swallows_rows(write: Write) -> None:
    path = write("a.csv", 'a,b\n1,"x"\n2,"un"closed\n3,y\n4,"z"\n')
    error = refused([path], path.parent.parent / "staging", "text follows a closing quote")
    assert (error.data["row"], error.data["line"]) == (3, 3)


def test_too_many_columns_are_refused(write: Write) -> None:
    names = ",".join(f"c{number}" for number in range(10_000))
    path = write("wide.csv", f"{names}\n{names}\n")
    error = refused([path], path.parent.parent / "staging", "it has 10,000 columns; at most 2,000 are read")
    assert isinstance(error, SourceLimitError)


def test_binary_garbage_is_refused(write: Write) -> None:
    path = write("a.csv", random.Random(7).randbytes(100_000))  # noqa: S311
    error = refused([path], path.parent.parent / "staging", "this is binary data, not text")
    assert isinstance(error, MalformedError)


@pytest.mark.parametrize(
    ("magic", "what"),
    [(b"PK\x03\x04", "Excel workbook"), (b"\x89PNG\r\n", "picture"), (b"%PDF-1.7", "PDF"), (b"PAR1", "Parquet")],
)
def test_files_with_a_wrong_ending_are_named_for_what_they_are(write: Write, magic: bytes, what: str) -> None:
    path = write("a.csv", magic + bytes(100))
    refused([path], path.parent.parent / "staging", f"this is an? .*{what}.*, not text")


def test_a_row_over_the_limit_is_refused(write: Write) -> None:
    path = write("a.csv", "a,b\n1,x\n2," + "y" * 40_000 + "\n")
    with pytest.raises(SourceLimitError, match=r"line 3: the line is longer than 20,000 characters|row 3"):
        stage_files([path], path.parent.parent / "staging", limits=Limits(max_row_bytes=20_000))


def test_a_quoted_field_over_the_limit_is_refused(write: Write) -> None:
    path = write("a.csv", 'a,b\n1,x\n2,"' + "y\n" * 12_000_000 + '"\n')
    error = refused(
        [path], path.parent.parent / "staging", r"row 3 \(line 3\): it is longer than 16,777,216 characters"
    )
    assert isinstance(error, SourceLimitError)


def test_all_failing_files_are_named_and_the_good_ones_are_not_loaded(write: Write) -> None:
    paths = [write("good.csv", "a,b\n1,2\n"), write("ragged.csv", "a,b\n1\n"), write("empty.csv", "")]
    error = refused(paths, paths[0].parent.parent / "staging", "2 of 3 files failed, so nothing was loaded")
    assert "\n- ragged.csv, row 2 (line 2): " in error.message
    assert "\n- empty.csv: " in error.message
    problems = error.data["problems"]
    assert isinstance(problems, list)
    assert [problem["file"] for problem in problems] == ["ragged.csv", "empty.csv"]
