"""The careful reader: any text, record by record, with row and line numbers for whatever is wrong."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.errors import MalformedError, Place, SourceError, malformed, over_limit
from connectors.kinds.files.delimited.dialect import NO_DELIMITER, Dialect, parse
from connectors.kinds.files.delimited.text import Lines
from connectors.kinds.files.raw import TextWriter

_SHOWN = 5
_ADVANCE_ROWS = 20_000


@dataclass(slots=True)
class _Ragged:
    """Records that have another number of fields than the header."""

    width: int
    file: str
    count: int = 0
    trimmed: int = 0
    first: Place | None = None
    shown: list[str] = field(default_factory=list)

    def add(self, fields: int, row: int, line: int) -> None:
        self.count += 1
        self.first = self.first or Place(file=self.file, row=row, line=line)
        if len(self.shown) < _SHOWN:
            self.shown.append(f"row {row:,} (line {line:,}) has {fields:,}")

    def error(self, rows: int, dialect: Dialect) -> MalformedError:
        """What to tell when at least one record is ragged; `rows` is the number of records under the header."""
        first = self.first or Place(file=self.file)
        more = f" and {self.count - len(self.shown):,} more" if self.count > len(self.shown) else ""
        hint = "Correct these rows"
        if self.count >= 0.9 * rows and self.width < 2:
            hint = "Remove the lines above the column names"
        elif dialect.delimiter not in (NO_DELIMITER, "\t"):
            hint += f", or enclose fields that contain '{dialect.delimiter}' in quotes"
        fields = "1 column" if self.width == 1 else f"{self.width:,} columns"
        rows_are = "row has" if self.count == 1 else "rows have"
        return malformed(
            first,
            f"the header names {fields}, but {self.count:,} {rows_are} another number of fields:"
            f" {', '.join(self.shown)}{more}. {hint}.",
        )


def read_rows(
    lines: Lines,
    dialect: Dialect,
    writer: TextWriter,
    *,
    width: int,
    first_row: int,
    file: str,
    max_characters: int,
    advance: Callable[[], None],
) -> tuple[str, ...]:
    """Writes all records that `lines` still has; gives warnings.

    Fields beyond the header are dropped when they are empty. Raises MalformedError for records of another width and
    quotes out of place, SourceLimitError for a field that is too long.
    """
    ragged = _Ragged(width=width, file=file)
    row, start = first_row - 1, lines.number + 1
    try:
        for record in parse(lines, dialect, max_characters=max_characters):
            line, start = start, lines.number + 1
            if not record:
                continue
            row += 1
            if len(record) > width and not any(record[width:]):
                record = record[:width]
                ragged.trimmed += 1
            if len(record) != width:
                ragged.add(len(record), row, line)
            elif not ragged.count:
                size = sum(map(len, record))
                if size > max_characters:
                    raise over_limit(Place(file=file, row=row, line=line), _too_long(max_characters))
                writer.add_row(list(record), size=size)
            if row % _ADVANCE_ROWS == 0:
                advance()
    except csv.Error as error:
        raise syntax_problem(error, Place(file=file, row=row + 1, line=start), dialect.quote, max_characters) from None
    if ragged.count:
        raise ragged.error(row - first_row + 1, dialect)
    if ragged.trimmed:
        return (
            f"Rows that end in empty fields beyond the last column: {ragged.trimmed:,}. These fields were left out.",
        )
    return ()


def syntax_problem(error: csv.Error, place: Place, quote: str, max_characters: int) -> SourceError:
    """What a parser's complaint means to the file's owner."""
    problem = str(error)
    if "field larger" in problem:
        return over_limit(place, f"{_too_long(max_characters)} Is a quote ({quote}) never closed?")
    if "unexpected end" in problem:
        return malformed(place, f"a quote ({quote}) is opened here and never closed before the end of the file.")
    return malformed(
        place,
        f"text follows a closing quote ({quote}). Double the quotes inside a quoted field ({quote}{quote}), or close it"
        " where it ends.",
    )


def _too_long(max_characters: int) -> str:
    return f"it is longer than {max_characters:,} characters, the most that is read."
