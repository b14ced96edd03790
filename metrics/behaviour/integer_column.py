"""Moves integers between Arrow and numpy by their buffers: pyarrow's own ways in and out import pandas."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def integer_column(values: npt.NDArray[np.int64]) -> pa.Array:
    """The values as an Arrow array, without a copy."""
    whole = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.int64(), whole.size, [None, pa.py_buffer(whole)])


def integers_of(column: pa.ChunkedArray | pa.Array, null: int = -1) -> npt.NDArray[np.int64]:
    """A copy of the integers of a column, with `null` in the place of nulls.

    The kernels need arrays of their own: what Arrow lends is read-only, which is another type to numba.
    """
    # Narrow integers are widened as they are copied.
    whole = column if pa.types.is_integer(column.type) else column.cast(pa.int64())
    width = np.dtype(f"{'u' if pa.types.is_unsigned_integer(whole.type) else 'i'}{whole.type.bit_width // 8}")
    values = np.empty(len(whole), np.int64)
    place = 0
    for chunk in whole.chunks if isinstance(whole, pa.ChunkedArray) else [whole]:
        if len(chunk):
            lent = np.frombuffer(chunk.buffers()[1], width, count=len(chunk), offset=width.itemsize * chunk.offset)
            values[place : place + len(chunk)] = lent
            place += len(chunk)
    if column.null_count:
        values[integers_of(pc.indices_nonzero(pc.is_null(column)))] = null
    return values
