"""Arrow columns from numpy arrays: dates, times, money, text. Null where `known` is false."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from demo.stream import Flags, Floats, Ints

MONEY = pa.decimal128(18, 2)
MOMENT = pa.timestamp("us", tz="UTC")


def _fixed(kind: pa.DataType, values: npt.NDArray[np.generic], known: Flags | None) -> pa.Array:
    """A column of fixed width over the memory of `values`; nulls are where `known` is false."""
    nulls = None if known is None else _bits(known)
    return pa.Array.from_buffers(kind, len(values), [nulls, pa.py_buffer(np.ascontiguousarray(values))])


def _bits(flags: Flags) -> pa.Buffer:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))


def whole(values: Ints, known: Flags | None = None) -> pa.Array:
    """64-bit integers."""
    return _fixed(pa.int64(), values.astype(np.int64), known)


def real(values: Floats, known: Flags | None = None) -> pa.Array:
    """Doubles."""
    return _fixed(pa.float64(), values, known)


def flag(values: Flags) -> pa.Array:
    """Booleans."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def dates(days: Ints, known: Flags | None = None) -> pa.Array:
    """Dates from day numbers."""
    return _fixed(pa.date32(), days.astype(np.int32), known)


def times(microseconds: Ints, known: Flags | None = None) -> pa.Array:
    """UTC times from microseconds since 1970."""
    return _fixed(MOMENT, microseconds.astype(np.int64), known)


def money(cents: Ints, known: Flags | None = None) -> pa.Array:
    """Decimals with two places from whole cents."""
    words = np.empty((len(cents), 2), dtype=np.int64)
    words[:, 0] = cents
    words[:, 1] = cents >> 63
    nulls = None if known is None else _bits(known)
    return pa.Array.from_buffers(MONEY, len(cents), [nulls, pa.py_buffer(words)])


def text(values: Iterable[str]) -> pa.Array:
    """Text as it is given. It is laid out here because `pa.array` of a list imports pandas, which takes a second."""
    encoded = [value.encode() for value in values]
    ends = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(value) for value in encoded], out=ends[1:])
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def label(names: Sequence[str], positions: Ints, known: Flags | None = None) -> pa.Array:
    """Text picked from a few names by position."""
    return text(names).take(_fixed(pa.int64(), positions.astype(np.int64), known))


def numbers(values: Iterable[int]) -> Ints:
    """A numpy array of whole numbers from Python ones."""
    return np.array(list(values), dtype=np.int64)
