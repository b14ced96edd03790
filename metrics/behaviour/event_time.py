"""Reads a column of times, however it is stored, as microseconds since 1970 (UTC).

Dates stay calendar days: they carry no clock, so no time zone may move them to the day before.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InvalidError
from metrics.behaviour.integer_column import integer_column, integers_of

_EARLIEST = "0001-01-01"
_LATEST = "9999-12-31T23:59:59.999999"
# Whole numbers below this are seconds, then milliseconds, microseconds, nanoseconds: the years up to 5138 in seconds.
_SECONDS_BELOW = 10**11


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Times in microseconds since 1970 (UTC), in row order; `is_dated` when they are days without a clock."""

    values: npt.NDArray[np.int64]
    is_dated: bool


def read_moments(column: pa.ChunkedArray, name: str, written: str | None = None) -> Moments:
    """The times of a column without nulls. `written` is the strptime pattern of text. Raises InvalidError.

    Whole numbers are days written as 20260131, or seconds, milliseconds, microseconds or nanoseconds since 1970 by
    their size. Times without a zone are UTC.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    is_dated = pa.types.is_date(kind)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column, is_dated = _from_text(column, name, written)
    elif pa.types.is_integer(kind):
        column, is_dated = _from_integers(column)
    elif pa.types.is_floating(kind):
        column = pc.multiply(column, 1e6)
        column = _checked(column, name, pa.int64(), safe=False).cast(pa.timestamp("us"))
    elif not (is_dated or pa.types.is_timestamp(kind)):
        raise InvalidError(
            f"The column {name!r} holds {kind}, which is not a time. Choose a column of dates, times, text such as "
            "2026-01-31T09:30:00 or seconds since 1970."
        )
    return Moments(values=_microseconds(column, name), is_dated=is_dated)


def _microseconds(column: pa.ChunkedArray, name: str) -> npt.NDArray[np.int64]:
    kind = column.type
    if pa.types.is_date32(kind):
        values = integers_of(column.cast(pa.int32())) * 86_400_000_000
    elif pa.types.is_timestamp(kind) and kind.unit == "ns":
        values = np.floor_divide(integers_of(column), 1000)
    else:
        zone = kind.tz if pa.types.is_timestamp(kind) else None
        values = integers_of(_checked(column, name, pa.timestamp("us", zone)))
    limits = np.array([_EARLIEST, _LATEST], "datetime64[us]").astype(np.int64)
    outside = (values < limits[0]) | (values > limits[1])
    if outside.any():
        raise InvalidError(f"The column {name!r} holds a time outside the years 1 to 9999; correct or leave it out.")
    return values


def _checked(column: pa.ChunkedArray, name: str, kind: pa.DataType, *, safe: bool = True) -> pa.ChunkedArray:
    try:
        return column.cast(kind, safe=safe)
    except pa.ArrowInvalid as error:
        raise InvalidError(f"The column {name!r} holds a value that is not a time: {error}.") from error


def _from_integers(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, bool]:
    if len(column) == 0:
        return column.cast(pa.int64()).cast(pa.timestamp("us")), False
    column = column.cast(pa.int64())
    least, most = (pc.min_max(column)[which].as_py() for which in ("min", "max"))
    if least >= 19_000_101 and most <= 22_001_231:
        # In seconds these would all be two months of 1970; as days they are what people write.
        days = pc.strptime(column.cast(pa.string()), format="%Y%m%d", unit="s", error_is_null=True)
        if days.null_count == 0:
            return days.cast(pa.date32()), True
    size = max(abs(least), abs(most))
    units = ("s", "ms", "us", "ns")
    unit = next((unit for power, unit in enumerate(units[:3]) if size < _SECONDS_BELOW * 1000**power), "ns")
    return column.cast(pa.timestamp(unit)), False


def _from_text(column: pa.ChunkedArray, name: str, written: str | None) -> tuple[pa.ChunkedArray, bool]:
    """ISO 8601 text, whole numbers as text, or text in a given pattern."""
    column = pc.utf8_trim_whitespace(column)
    if written is not None:
        parsed = pc.strptime(column, format=written, unit="us", error_is_null=True)
        if parsed.null_count:
            raise _unread(column.filter(pc.is_null(parsed)), name, f"the pattern {written}")
        return parsed, False
    if len(column) and pc.all(pc.match_substring_regex(column, r"^[+-]?\d{1,19}$")).as_py():
        return _from_integers(column.cast(pa.int64()))
    if len(column) and pc.all(pc.match_substring_regex(column, r"^\d{4}-\d{2}-\d{2}$")).as_py():
        try:
            return column.cast(pa.date32()), True
        except pa.ArrowInvalid as error:
            raise InvalidError(f"The column {name!r} holds a day that does not exist: {error}.") from error
    has_zone = pc.match_substring_regex(column, r"\d(Z|[+-]\d{2}(:?\d{2})?)$")
    # The day of a date without a clock ends like an offset.
    is_day = pc.match_substring_regex(column, r"^\d{4}-\d{2}-\d{2}$")
    has_zone = pc.and_(has_zone, pc.invert(is_day))
    parts = []
    for mask, zone in ((has_zone, "UTC"), (pc.invert(has_zone), None)):
        try:
            parts.append(integers_of(column.filter(mask).cast(pa.timestamp("us", zone))))
        except pa.ArrowInvalid as error:
            raise _unread(column.filter(mask), name, "2026-01-31 or 2026-01-31T09:30:00") from error
    values = np.empty(len(column), np.int64)
    values[integers_of(pc.indices_nonzero(has_zone))] = parts[0]
    values[integers_of(pc.indices_nonzero(pc.invert(has_zone)))] = parts[1]
    return pa.chunked_array([integer_column(values)]).cast(pa.timestamp("us")), False


def _unread(column: pa.ChunkedArray, name: str, wanted: str) -> InvalidError:
    example = column[0].as_py()
    for text in column.slice(0, 100_000).to_pylist():
        try:
            pa.scalar(text).cast(pa.timestamp("us"))
        except pa.ArrowInvalid:
            example = text
            break
    return InvalidError(
        f"The column {name!r} holds {example!r}, which is not a time written as {wanted}. "
        "Give the pattern of the file with --time-format, such as %m/%d/%Y %H:%M."
    )
