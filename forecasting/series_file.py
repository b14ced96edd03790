"""Reads series from a file: CSV (also TSV, compressed) or Parquet, one row for each point.

The file may hold thousands of series, in any order of rows. What a value means and whether a gap matters is judged by
who uses the series; here only what cannot be read is refused, with its row and column.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.column_file import load_columns
from core.errors import InvalidError
from forecasting.series import Floats, Integers, Series
from forecasting.series_time import read_times

_PARQUET = {".parquet", ".pq"}
ONLY = "series"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a column stands: says row and column of what cannot be read."""

    column: str
    first: int
    unit: str

    def of(self, row: int) -> str:
        """`line 7, column 'amount'`."""
        return f"{self.unit} {row + self.first}, column {self.column!r}"


def load_series(path: Path, *, time: str, value: str, id_column: str | None = None) -> tuple[Series, ...]:
    """The series of a file in order of first appearance. Raises InvalidError.

    Without `id_column` all rows are one series called "series". An empty value or NaN is a missing value; a row
    without a time or an id, text that is no number and an infinite value are refused.
    """
    names = list(dict.fromkeys([time, value, *([id_column] if id_column else [])]))
    table = load_columns(path, names)
    if table.num_rows == 0:
        raise InvalidError(f"{path.name} has no rows below its column names.")
    is_binary = path.is_dir() or path.suffix.lower() in _PARQUET
    first, unit = (1, "row") if is_binary else (2, "line")
    times, style = read_times(table.column(time), Place(column=time, first=first, unit=unit).of)
    values = read_values(table.column(value), Place(column=value, first=first, unit=unit))
    codes, ids = _ids(table, id_column, first, unit)
    order = np.lexsort((times, codes))
    bounds = np.searchsorted(codes[order], np.arange(len(ids) + 1))
    parts = [order[bounds[index] : bounds[index + 1]] for index in range(len(ids))]
    return tuple(
        Series(id=name, times=times[part], values=values[part], rows=part + first, style=style)
        for name, part in zip(ids, parts, strict=True)
    )


def read_values(column: pa.ChunkedArray, place: Place) -> Floats:
    """The numbers of a column, NaN where there is none. Raises InvalidError with the row of what is no number."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = _numbers_of_text(column, place)
    elif not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)):
        raise InvalidError(
            f"The column {place.column!r} holds {kind}, which is not a number. Choose a column of numbers."
        )
    values: Floats = np.array(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        raise InvalidError(
            f"The value in {place.of(int(infinite[0]))} is infinite. Correct it, or leave it empty if it is unknown."
        )
    return values


def _numbers_of_text(column: pa.ChunkedArray, place: Place) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(column)
    trimmed = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)
    try:
        return trimmed.cast(pa.float64())
    except pa.ArrowInvalid:
        for row, text in enumerate(trimmed.to_pylist()):
            if not _is_number(text):
                raise InvalidError(
                    f"{text!r} in {place.of(row)} is not a number. Write numbers as 1234.5, without separators of "
                    "thousands or a currency, or leave the field empty."
                ) from None
        raise


def _is_number(text: str | None) -> bool:
    if text is None:
        return True
    try:
        pa.scalar(text).cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _ids(table: pa.Table, id_column: str | None, first: int, unit: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The number of each row's series, and their names in order of first appearance."""
    if id_column is None:
        return np.zeros(table.num_rows, np.int64), [ONLY]
    column = table.column(id_column)
    if pa.types.is_nested(column.type):
        raise InvalidError(f"A column of {column.type} names no series; choose a plain column as --id.")
    encoded = pc.dictionary_encode(column.cast(pa.string()).combine_chunks())
    if encoded.null_count:
        row = int(pc.index(pc.is_null(encoded), True).as_py())
        raise InvalidError(
            f"There is no id in {Place(column=id_column, first=first, unit=unit).of(row)}. Give every row its id."
        )
    codes: Integers = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)
    return codes, encoded.dictionary.to_pylist()
