"""Reads the time column of a series file: dates, moments, months, or the numbers 1, 2, 3."""

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InvalidError
from forecasting.series import Integers, TimeStyle

_DAY_US = 86_400_000_000
# Whole numbers in this range that are all days of the calendar are days written as 20260131.
_FIRST_DAY, _LAST_DAY = 19_000_101, 22_001_231
_PATTERNS = (
    (r"^[+-]?\d{1,18}$", TimeStyle.NUMBER),
    (r"^\d{4}-\d{2}$", TimeStyle.MONTH),
    (r"^\d{4}-\d{2}-\d{2}$", TimeStyle.DAY),
    (r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", TimeStyle.MOMENT),
)
_WANTED = "Write times as 2026-01-31, 2026-01-31T09:00:00, 2026-01 or as the numbers 1, 2, 3"


def read_times(column: pa.ChunkedArray, place: Callable[[int], str]) -> tuple[Integers, TimeStyle]:
    """Every row's time, and how the file writes times. `place` says where a row is. Raises InvalidError."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.utf8_trim_whitespace(column)
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
    _refuse_missing(column, place)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _from_text(column, place)
    if pa.types.is_integer(kind):
        return _from_numbers(_integers(column))
    if pa.types.is_floating(kind):
        return _from_floats(column, place)
    if pa.types.is_date(kind):
        return _integers(column.cast(pa.date32()).cast(pa.int32())) * _DAY_US, TimeStyle.DAY
    if pa.types.is_timestamp(kind):
        times = _integers(column.cast(pa.timestamp("us", kind.tz), safe=False))
        return times, TimeStyle.MOMENT if (times % _DAY_US).any() else TimeStyle.DAY
    raise InvalidError(f"The time column holds {kind}, which is not a time. {_WANTED}.")


def _refuse_missing(column: pa.ChunkedArray, place: Callable[[int], str]) -> None:
    missing = pc.is_null(column, nan_is_null=True)
    if pc.any(missing).as_py():
        row = int(pc.index(missing, True).as_py())
        raise InvalidError(f"There is no time in {place(row)}. Give every row its time, or leave the row out.")


def _from_text(column: pa.ChunkedArray, place: Callable[[int], str]) -> tuple[Integers, TimeStyle]:
    """Text all of one style; the first row decides which."""
    first = column[0].as_py()
    pattern, style = next((one for one in _PATTERNS if re.match(one[0], first)), ("", None))
    if style is None:
        raise InvalidError(f"{first!r} in {place(0)} is not a time. {_WANTED}.")
    if style is TimeStyle.DAY and not pc.all(pc.match_substring_regex(column, pattern)).as_py():
        pattern, style = r"^\d{4}-\d{2}-\d{2}([T ]|$)", TimeStyle.MOMENT
    matches = pc.match_substring_regex(column, pattern)
    if not pc.all(matches).as_py():
        row = int(pc.index(matches, False).as_py())
        raise InvalidError(
            f"{column[row].as_py()!r} in {place(row)} is not written like {first!r} above it. {_WANTED}, all alike."
        )
    if style is TimeStyle.NUMBER:
        return _from_numbers(_integers(column.cast(pa.int64())))
    return _parsed(column, style, place), style


def _parsed(column: pa.ChunkedArray, style: TimeStyle, place: Callable[[int], str]) -> Integers:
    ending = "-01" if style is TimeStyle.MONTH else ""
    texts = pc.binary_join_element_wise(column, ending, "") if ending else column
    zoned = pc.match_substring_regex(texts, r":\d{2}(\.\d+)?(Z|[+-]\d{2}(:?\d{2})?)$")
    kind = pa.timestamp("us", "UTC") if pc.any(zoned).as_py() else pa.timestamp("us")
    try:
        return _integers(texts.cast(kind))
    except pa.ArrowInvalid:
        for row, text in enumerate(texts.to_pylist()):
            try:
                pa.scalar(text).cast(kind)
            except pa.ArrowInvalid:
                shown = column[row].as_py()
                raise InvalidError(f"{shown!r} in {place(row)} is not a time that exists. {_WANTED}.") from None
        raise


def _from_floats(column: pa.ChunkedArray, place: Callable[[int], str]) -> tuple[Integers, TimeStyle]:
    values = np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)
    broken = np.flatnonzero(~np.isfinite(values) | (values != np.round(values)) | (np.abs(values) > 2**53))
    if broken.size:
        raise InvalidError(f"{values[broken[0]]} in {place(int(broken[0]))} is not a whole number. {_WANTED}.")
    return _from_numbers(values.astype(np.int64))


def _from_numbers(numbers: Integers) -> tuple[Integers, TimeStyle]:
    if numbers.min() >= _FIRST_DAY and numbers.max() <= _LAST_DAY:
        texts = pa.array([str(number) for number in numbers.tolist()])
        days = pc.strptime(texts, format="%Y%m%d", unit="s", error_is_null=True)
        if days.null_count == 0:
            return _integers(pa.chunked_array([days])) * 1_000_000, TimeStyle.DAY
    return numbers, TimeStyle.NUMBER


def _integers(column: pa.ChunkedArray) -> Integers:
    return np.array(column.cast(pa.int64()).to_numpy(), np.int64)
