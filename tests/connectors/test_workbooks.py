"""Excel workbooks, good and bad."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from connectors import Limits, SourceLimitError, UnreadableError, stage_files
from core.errors import InvalidError
from tests.connectors.reading import only, refused, rows, values
from tests.connectors.workbooks import Cell, date_cell, sheet_xml, write_workbook

Table = list[list[Cell]]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Where a test's workbook goes."""
    return tmp_path / "files" / "book.xlsx"


def test_one_sheet_becomes_a_table_named_after_the_file(book: Path, staging: Path) -> None:
    write_workbook(book, {"Sheet1": sheet_xml([["name", "amount"], ["North", 1.5], ["South", 2], [None, None]])})
    table = only(stage_files([book], staging))
    assert (table.name, table.source) == ("book", "book.xlsx")
    assert [(name, float(str(amount))) for name, amount in rows(table)] == [("North", 1.5), ("South", 2.0)]


def test_several_sheets_become_tables_named_after_them(book: Path, staging: Path) -> None:
    sheets = {"Deals 2017": sheet_xml([["a"], [1]]), "Empty": "", "Reps": sheet_xml([["b"], ["x"]])}
    staged = stage_files([write_workbook(book, sheets)], staging)
    assert [(table.name, table.source, table.rows) for table in staged.tables] == [
        ("deals_2017", "book.xlsx, sheet Deals 2017", 1),
        ("reps", "book.xlsx, sheet Reps", 1),
    ]


def test_a_hidden_sheet_is_not_read_but_told(book: Path, staging: Path) -> None:
    sheets = {"Seen": sheet_xml([["a"], [1]]), "Secret": sheet_xml([["b"], [2]])}
    table = only(stage_files([write_workbook(book, sheets, hidden=["Secret"])], staging))
    assert (table.name, table.warnings) == ("book", ("The hidden sheet 'Secret' was not read.",))


def test_dates_times_and_booleans_keep_their_meaning(book: Path, staging: Path) -> None:
    xml = sheet_xml([["day", "at", "won", "zip"]])
    # 42 736 days after the end of 1899 is 1 January 2017.
    xml += f'<row r="2">{date_cell("A2", 42736)}{date_cell("B2", 42736.75, style=2)}'
    xml += '<c r="C2" t="b"><v>1</v></c><c r="D2" t="inlineStr"><is><t>01234</t></is></c></row>'
    write_workbook(book, {"S": xml})
    assert rows(only(stage_files([book], staging))) == [
        (dt.date(2017, 1, 1), dt.datetime(2017, 1, 1, 18), True, "01234")  # noqa: DTZ001
    ]


def test_titles_above_the_column_names_are_left_out_with_a_warning(book: Path, staging: Path) -> None:
    cells: Table = [["Sales report"], [], ["rep", "region", "won"], ["Ann", "West", 3]]
    table = only(stage_files([write_workbook(book, {"S": sheet_xml(cells)})], staging))
    assert rows(table) == [("Ann", "West", 3)]
    assert table.warnings == ("The rows above the column names (row 3) were left out: Sales report.",)


def test_blank_rows_are_left_out_with_a_warning(book: Path, staging: Path) -> None:
    cells: Table = [["a", "b"], [1, 2], [None, None], [3, 4]]
    table = only(stage_files([write_workbook(book, {"S": sheet_xml(cells)})], staging))
    assert (rows(table), "Blank rows left out: 1." in table.warnings[0]) == ([(1, 2), (3, 4)], True)


def test_error_cells_are_empty_with_a_warning(book: Path, staging: Path) -> None:
    xml = sheet_xml([["a", "b"], [1, 2]]) + '<row r="3"><c r="A3" t="e"><v>#N/A</v></c><c r="B3"><v>4</v></c></row>'
    table = only(stage_files([write_workbook(book, {"S": xml})], staging))
    assert (values(table, "a"), "with errors such as #N/A: 1." in table.warnings[0]) == ([1, None], True)


def test_a_table_name_does_not_fit_several_sheets(book: Path, staging: Path) -> None:
    write_workbook(book, {"A": sheet_xml([["a"], [1]]), "B": sheet_xml([["b"], [2]])})
    with pytest.raises(InvalidError, match=r"book\.xlsx has several sheets"):
        stage_files([book], staging, table="deals")
    assert list(staging.iterdir()) == []


def test_a_workbook_open_in_excel_is_read_with_a_warning(book: Path, staging: Path) -> None:
    write_workbook(book, {"S": sheet_xml([["a"], [1]])})
    (book.parent / "~$book.xlsx").write_bytes(b"\x05owner")
    staged = stage_files([book.parent], staging)
    assert (staged.skipped, "open in Excel" in staged.warnings[0]) == ((), True)


def test_a_lock_file_itself_is_refused(book: Path, staging: Path) -> None:
    book.parent.mkdir()
    lock = book.with_name("~$book.xlsx")
    lock.write_bytes(b"\x05owner")
    refused([lock], staging, "this is Excel's lock file")


def test_a_workbook_without_values_is_refused(book: Path, staging: Path) -> None:
    refused([write_workbook(book, {"S": ""})], staging, "no visible sheet of the workbook has values")


@pytest.mark.parametrize("content", [b"name,amount\n1,2\n", b"PK\x03\x04broken", b"PK"])
def test_what_is_no_workbook_is_refused(book: Path, staging: Path, content: bytes) -> None:
    book.parent.mkdir()
    book.write_bytes(content)
    refused([book], staging, r"book\.xlsx: this is not a workbook")


def test_an_empty_workbook_file_is_refused(book: Path, staging: Path) -> None:
    book.parent.mkdir()
    book.touch()
    refused([book], staging, r"the file is empty \(0 bytes\)")


def test_a_workbook_with_a_password_is_refused(book: Path, staging: Path) -> None:
    # Excel wraps an encrypted workbook in the old compound format.
    book.parent.mkdir()
    book.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000))
    error = refused([book], staging, "protected by a password")
    assert isinstance(error, UnreadableError)


def test_a_truncated_workbook_is_refused(book: Path, staging: Path) -> None:
    whole = write_workbook(book, {"S": sheet_xml([["a"]] + [[number] for number in range(500)])}).read_bytes()
    book.write_bytes(whole[: len(whole) // 2])
    refused([book], staging, "this is not a workbook, or it is damaged")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(book: Path, staging: Path) -> None:
    write_workbook(book, {"S": sheet_xml([["a"], [1]])})
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(64 * 1024**2))
    error = refused([book], staging, "more than 200 times as much")
    assert isinstance(error, SourceLimitError)


def test_a_zip_that_lies_about_its_size_is_refused(book: Path, staging: Path) -> None:
    write_workbook(book, {"S": sheet_xml([["a"], ["x" * 100_000]])})
    content = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    # Both the local header and the central directory say 1,000 bytes.
    content = bytearray(bytes(content).replace(size.to_bytes(4, "little"), (1_000).to_bytes(4, "little")))
    book.write_bytes(content)
    refused([book], staging, "not a workbook, or it is damaged")


def test_two_cells_far_apart_are_refused(book: Path, staging: Path) -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    refused([write_workbook(book, {"S": far})], staging, "reaches over more than 10,000,000 cells")


def test_far_cells_without_references_are_refused(book: Path, staging: Path) -> None:
    far = '<row r="1"><c><v>1</v></c></row><row r="1048576">' + "<c><v>1</v></c>" * 30 + "</row>"
    refused([write_workbook(book, {"S": far})], staging, "reaches over more than")


def test_formatted_but_empty_cells_far_away_do_no_harm(book: Path, staging: Path) -> None:
    xml = sheet_xml([["a"], [1]]) + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert rows(only(stage_files([write_workbook(book, {"S": xml})], staging))) == [(1,)]


def test_a_workbook_over_the_size_limit_is_refused(book: Path, staging: Path) -> None:
    write_workbook(book, {"S": sheet_xml([["a"], ["x" * 10_000]])})
    with pytest.raises(SourceLimitError, match="at most 5,000 are read"):
        stage_files([book], staging, limits=Limits(max_workbook_bytes=5_000))
    assert list(staging.iterdir()) == []
