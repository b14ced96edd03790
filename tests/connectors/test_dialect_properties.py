"""Random tables in random dialects come back as they went in; the two readers of text never disagree."""

import csv
import io
import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import Limits, SourceError, stage_files
from connectors.kinds.files.content import Content
from connectors.kinds.files.delimited.blocks import IrregularError, read_blocks
from connectors.kinds.files.delimited.dialect import Dialect
from connectors.kinds.files.delimited.encoding import Encoding
from connectors.kinds.files.delimited.quotes import QuoteCheck
from connectors.kinds.files.delimited.rows import read_rows
from connectors.kinds.files.delimited.text import CheckedBytes, Lines, decoded
from connectors.kinds.files.raw import RawColumn, Task, TextWriter
from tests.connectors.reading import only, rows

UTF8 = Encoding(codec="utf-8")


@dataclass(frozen=True)
class Written:
    """A table and the text that csv.writer made of it."""

    cells: list[list[str]]
    text: str
    codec: str


@st.composite
def tables(draw: st.DrawFn) -> Written:
    """Tables of text, in a dialect that leaves no doubt.

    The quote not in use stays out of the cells, and so does the escape: `"x"` among apostrophes may mean either.
    """
    delimiter, quote = draw(st.sampled_from(",;\t|")), draw(st.sampled_from("\"'"))
    escape = draw(st.sampled_from([None, "\\"]))
    is_all = escape is not None or draw(st.booleans())
    out = "'" if quote == '"' else '"'
    banned = out + ("\\" if escape else "") + ("" if is_all else "\r")
    letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=banned)
    special = st.sampled_from([letter for letter in f"{quote}{delimiter},;\t| \n\r🚀é\\" if letter not in banned])
    width = draw(st.integers(2, 4))
    row = st.lists(st.text(letters | special, max_size=12), min_size=width, max_size=width)
    # One word in each column keeps all of them text.
    cells = [["word"] * width, *draw(st.lists(row, max_size=8))]
    buffer = io.StringIO(newline="")
    writer = csv.writer(
        buffer,
        delimiter=delimiter,
        quotechar=quote,
        escapechar=escape,
        doublequote=escape is None,
        quoting=csv.QUOTE_ALL if is_all else csv.QUOTE_MINIMAL,
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    writer.writerow([f"column {number}" for number in range(width)])
    writer.writerows(cells)
    return Written(cells, buffer.getvalue(), draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])))


@settings(max_examples=80, deadline=None)
@given(tables())
def test_random_tables_in_random_dialects_come_back_equal(written: Written) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(written.text.encode(written.codec))
        found = rows(only(stage_files([path], Path(folder) / "staging")))
    assert found == [tuple(cell or None for cell in row) for row in written.cells]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.none(), min_size=1, max_size=30), st.sampled_from(",;\t|"))
def test_random_whole_numbers_come_back_equal(numbers: list[int | None], delimiter: str) -> None:
    lines = [f"n{delimiter}t", *(f"{'' if number is None else number}{delimiter}x" for number in numbers)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text("\n".join(lines))
        found = rows(only(stage_files([path], Path(folder) / "staging")))
    assert [row[0] for row in found] == numbers


def table_of(path: Path, *, is_fast: bool) -> list[list[str | None]] | None:
    """The rows of three columns as one of the two readers sees them; None where it gives up or refuses."""
    task = Task(path=path, name="a.csv", work=path.parent, limits=Limits(), advance=lambda _: None)
    columns = [RawColumn(name=name, header=name, stored=name) for name in "xyz"]
    out, dialect, check = path.with_suffix(".parquet"), Dialect(delimiter=","), QuoteCheck('"', ",")
    writer = TextWriter(out, columns, file="a.csv", first_row=1)
    try:
        with writer:
            if is_fast:
                source = CheckedBytes(Content(task), UTF8, check, skip=0)
                read_blocks(source, check, dialect, writer, max_row_bytes=2**20, advance=lambda: None)
            else:
                lines = Lines(decoded(Content(task), UTF8), "a.csv", 2**20)
                read_rows(
                    lines,
                    dialect,
                    writer,
                    width=3,
                    first_row=1,
                    file="a.csv",
                    max_characters=2**20,
                    advance=lambda: None,
                )
    except (IrregularError, SourceError):
        return None
    return [list(row.values()) for row in pq.read_table(out).to_pylist()]


@settings(max_examples=400, deadline=None)
@given(st.text(st.sampled_from('a,,,"\n\r '), max_size=40))
def test_what_the_fast_reader_accepts_the_careful_one_reads_the_same(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(text.encode())
        fast = table_of(path, is_fast=True)
        careful = table_of(path, is_fast=False)
    assert fast is None or fast == careful


def is_regular(text: str) -> bool:
    """RFC 4180 letter by letter."""
    state = "start"
    for letter in text:
        if state == "quoted":
            state = "after" if letter == '"' else "quoted"
        elif letter == '"' and state in ("start", "after"):
            state = "quoted"
        elif letter in ",\n\r":
            state = "start"
        elif letter == '"' or state == "after":
            return False
        else:
            state = "plain"
    return state != "quoted"


@settings(max_examples=400, deadline=None)
@given(st.lists(st.text(st.sampled_from('a,"\n\r '), max_size=6), max_size=8))
def test_the_quote_check_agrees_with_the_standard_however_the_text_is_cut(pieces: list[str]) -> None:
    check = QuoteCheck('"', ",")
    for piece in pieces:
        check.feed(piece.encode())
    check.finish()
    assert check.is_regular == is_regular("".join(pieces))


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab\n\r"), max_size=30), st.lists(st.integers(0, 30), max_size=4))
def test_lines_are_the_same_however_the_text_is_cut(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[start:end] for start, end in itertools.pairwise(places)]
    assert list(Lines(iter(pieces), "a.csv", 1_000)) == io.StringIO(text, newline="").readlines()
