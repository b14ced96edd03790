"""What staging gives back: typed Parquet files, and a report of what was understood, assumed and found wanting."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from core.result import ColumnType

Value = str | int | float | Decimal | bool | dt.date | dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedColumn:
    """One column of a staged table.

    `header` is what the source called it; `storage` is the DuckDB type in the Parquet file. `distinct` is approximate
    (a few per cent) for large tables. `minimum` and `maximum` are None for text; `examples` are up to three values as
    the source wrote them. `notes` say how values were read, `warnings` what somebody should look at.
    """

    name: str
    header: str
    type: ColumnType
    storage: str
    nulls: int
    distinct: int
    minimum: Value | None
    maximum: Value | None
    examples: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedTable:
    """One table, ready to be loaded: `path` is a Parquet file with the columns of `columns` in that order.

    `source` is the file's name, with the sheet behind it where a workbook has several. `key` is the guessed key, or
    empty. `unique` are all columns of text or whole numbers that could be a key on their own.
    """

    name: str
    source: str
    path: Path
    rows: int
    columns: tuple[StagedColumn, ...]
    key: tuple[str, ...]
    unique: tuple[str, ...]
    warnings: tuple[str, ...]

    def column(self, name: str) -> StagedColumn:
        """The column called `name`. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A value without a match in the other table, how many rows have it, and the most similar value there, if any."""

    value: str
    rows: int
    nearest: str | None

    def __str__(self) -> str:
        return f"'{self.value}'" + (f" (nearest: '{self.nearest}')" if self.nearest is not None else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessedJoin:
    """A column whose values look like the key of a table. A suggestion: nothing depends on it.

    The three counts add up to the rows of the first table. `examples` are the most frequent values without a match.
    """

    from_table: str
    from_column: str
    to_table: str
    to_column: str
    matched_rows: int
    unmatched_rows: int
    null_rows: int
    unmatched_values: int
    examples: tuple[Unmatched, ...]

    @property
    def sentence(self) -> str:
        """What the join means for the numbers, in words."""
        left, right = f"{self.from_table}.{self.from_column}", f"{self.to_table}.{self.to_column}"
        if not self.unmatched_rows and not self.null_rows:
            return f"Every row of {left} has a match in {right}."
        parts = []
        if self.unmatched_rows:
            shown = ", ".join(str(example) for example in self.examples)
            parts.append(
                f"{_rows(self.unmatched_rows)} of {left} {_have(self.unmatched_rows)} no match in {right}: {shown}"
            )
        if self.null_rows:
            parts.append(f"{_rows(self.null_rows)} of {left} {_are(self.null_rows)} empty")
        end = "" if self.unmatched_rows else f"; the others have a match in {right}"
        return "; ".join(parts) + end + "."


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedFile:
    """Something in a folder that was not read, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedImport:
    """Everything one import brings. `warnings` gathers those of all tables and columns, with the place in front."""

    tables: tuple[StagedTable, ...]
    joins: tuple[GuessedJoin, ...]
    warnings: tuple[str, ...]
    skipped: tuple[SkippedFile, ...]

    def table(self, name: str) -> StagedTable:
        """The table called `name`. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
