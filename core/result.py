"""A table with a meaning: Arrow data, what each column is, and which version of the data it was computed on."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class ColumnType(StrEnum):
    """The types a result column can have, whatever the engine calls them."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one column of a result is.

    `unit` is an ISO 4217 currency code, `ratio` (a share where 1 is the whole, shown as per cent),
    or a plural noun such as `deals` or `days`; None where there is none. `decimals` is how many are
    shown in full, None for the unit's default.
    """

    name: str
    label: str
    type: ColumnType
    unit: str | None = None
    decimals: int | None = None
    is_metric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotient:
    """What a ratio's column is made of: the names of two additive columns, one over the other in every row."""

    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """The version of a store's data, counted up by each load, and when that load was committed (UTC)."""

    version: int
    loaded_at: dt.datetime | None

    def __str__(self) -> str:
        if self.loaded_at is None:
            return "no data loaded"
        return f"{self.loaded_at:%Y-%m-%dT%H:%M:%SZ}/{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An answer: `table` has the columns of `columns`, in that order. `running` is the first day of the period that is
    not over yet, where the answer is by period."""

    columns: tuple[Column, ...]
    table: "pa.Table"
    watermark: Watermark
    sql: str = ""
    sentence: str = ""
    running: dt.date | None = None

    def column(self, name: str) -> Column:
        """The metadata of the column called `name`. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def values(self, name: str) -> list[object]:
        """The values of one column as Python objects."""
        return list(self.table.column(name).to_pylist())

    def row(self, index: int) -> dict[str, object]:
        """One row by the names of its columns. Raises IndexError."""
        return {column.name: self.table.column(column.name)[index].as_py() for column in self.columns}

    def rows(self) -> list[tuple[object, ...]]:
        """All rows as tuples in column order."""
        lists = [self.table.column(column.name).to_pylist() for column in self.columns]
        return list(zip(*lists, strict=True)) if lists else []
