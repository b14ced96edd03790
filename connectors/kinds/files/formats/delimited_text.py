"""CSV, TSV and other text with one record in a line, packed by gzip or not."""

import codecs
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

from connectors.errors import MalformedError, Place, malformed
from connectors.kinds.files.content import Content
from connectors.kinds.files.delimited.blocks import IrregularError, read_blocks
from connectors.kinds.files.delimited.dialect import NO_DELIMITER, Opening, read_opening
from connectors.kinds.files.delimited.encoding import Encoding, NotUtf8Error, guess_encoding, legacy_encoding
from connectors.kinds.files.delimited.quotes import QuoteCheck
from connectors.kinds.files.delimited.rows import read_rows, syntax_problem
from connectors.kinds.files.delimited.text import CheckedBytes, Lines, decoded
from connectors.kinds.files.header import is_data_row, name_columns
from connectors.kinds.files.raw import RawColumn, RawTable, Task, TextWriter

KIND = "delimited"
LABEL = "CSV, TSV or other delimited text"
SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".tab", ".txt", ".txt.gz")

_HEAD_BYTES = 1024**2
_DOUBTFUL = (".txt", ".txt.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How to read a file: what was found out from its beginning."""

    encoding: Encoding
    opening: Opening
    columns: tuple[RawColumn, ...]
    has_header: bool
    warnings: tuple[str, ...]

    @property
    def first_row(self) -> int:
        return 2 if self.has_header else 1

    @property
    def skipped_text(self) -> str:
        """What stands before the first data record."""
        return self.opening.preamble + (self.opening.header_text if self.has_header else "")


def reason_to_skip(task: Task) -> str | None:
    """Text files in a folder are often notes; they are tables when a delimiter is found."""
    if not task.name.lower().endswith(_DOUBTFUL):
        return None
    try:
        opening = _opening(task, Content(task), None)
    except MalformedError:
        return "it is not a table of text"
    return "no column separator was found in it" if opening[1].dialect.delimiter == NO_DELIMITER else None


def read(task: Task) -> list[RawTable]:
    """The file's one table, all columns text."""
    content = Content(task)
    try:
        return [_read(task, content, _plan(task, content, None))]
    except NotUtf8Error:
        encoding = legacy_encoding(content.chunks(), task.name)
        return [_read(task, content, _plan(task, content, encoding))]


def _plan(task: Task, content: Content, encoding: Encoding | None) -> _Plan:
    encoding, opening = _opening(task, content, encoding)
    has_header = not (is_data_row(opening.header) and (opening.second is None or is_data_row(opening.second)))
    warnings = [encoding.warning] if encoding.warning else []
    if has_header:
        cells = opening.header
    else:
        cells = tuple(f"column {number}" for number in range(1, len(opening.header) + 1))
        warnings.append("The first row has values, not names; the columns are called column_1, column_2 and so on.")
    columns = name_columns(cells, task.name, task.limits)
    return _Plan(encoding=encoding, opening=opening, columns=columns, has_header=has_header, warnings=tuple(warnings))


def _opening(task: Task, content: Content, encoding: Encoding | None) -> tuple[Encoding, Opening]:
    head = content.head(_HEAD_BYTES)
    if not head:
        raise malformed(Place(file=task.name), "the file is empty (0 bytes).")
    encoding = encoding or guess_encoding(head, task.name)
    decoder = codecs.getincrementaldecoder(encoding.codec)(errors="replace")
    text = decoder.decode(head[encoding.mark :])
    is_whole = len(head) < _HEAD_BYTES
    try:
        opening = read_opening(text, is_whole=is_whole)
    except csv.Error as error:
        raise syntax_problem(error, Place(file=task.name, row=1, line=1), '"', _HEAD_BYTES) from None
    if opening is None:
        raise malformed(Place(file=task.name), "the file has no rows, only blank lines.")
    return encoding, opening


def _read(task: Task, content: Content, plan: _Plan) -> RawTable:
    path = task.work / "rows.parquet"
    warnings: tuple[str, ...] = ()
    rows = _read_fast(task, content, plan) if plan.opening.dialect.is_plain else None
    if rows is None:
        rows, warnings = _read_carefully(task, content, plan)
    if not rows:
        warnings = (*warnings, "The file has column names but no rows; the table is empty.")
    return RawTable(
        path=path,
        columns=plan.columns,
        rows=rows,
        first_row=plan.first_row,
        warnings=(*plan.warnings, *warnings),
    )


def _writer(task: Task, plan: _Plan) -> TextWriter:
    return TextWriter(task.work / "rows.parquet", plan.columns, file=task.name, first_row=plan.first_row)


def _read_fast(task: Task, content: Content, plan: _Plan) -> int | None:
    """The number of rows, or None for a text that needs the careful reader."""
    dialect = plan.opening.dialect
    check = QuoteCheck(dialect.quote, dialect.delimiter)
    source = CheckedBytes(content, plan.encoding, check, skip=len(plan.skipped_text.encode()))
    writer = _writer(task, plan)
    try:
        with writer:
            read_blocks(
                source, check, dialect, writer, max_row_bytes=task.limits.max_row_bytes, advance=_advance(task, content)
            )
    except IrregularError:
        return None
    return writer.rows


def _read_carefully(task: Task, content: Content, plan: _Plan) -> tuple[int, tuple[str, ...]]:
    limit, writer = task.limits.max_row_bytes, _writer(task, plan)
    lines = Lines(decoded(content, plan.encoding), task.name, limit)
    for _ in io.StringIO(plan.skipped_text, newline=""):
        next(lines)
    with writer:
        warnings = read_rows(
            lines,
            plan.opening.dialect,
            writer,
            width=len(plan.columns),
            first_row=plan.first_row,
            file=task.name,
            max_characters=limit,
            advance=_advance(task, content),
        )
    return writer.rows, warnings


def _advance(task: Task, content: Content) -> Callable[[], None]:
    return lambda: task.advance(content.share)
