"""A column kept with the events, such as the plan or the country of an event, ready to count by."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from metrics.behaviour.integer_column import integers_of

Codes = npt.NDArray[np.int32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropertyColumn:
    """`codes` index `labels` in row order, -1 where the value is null.

    `by_entity` has the code of each entity when no entity has two values, as with what belongs to the entity itself.
    """

    codes: Codes
    labels: tuple[str, ...]
    by_entity: Codes | None


def build_property(column: pa.ChunkedArray, starts: Integers, order: Integers | None) -> PropertyColumn:
    """The column in the order of the events, which `order` gives when the file had another."""
    from metrics.behaviour.kernels.grouping import find_constant

    encoded = (column if pa.types.is_dictionary(column.type) else column.dictionary_encode()).unify_dictionaries()
    codes = np.empty(len(column), np.int32)
    place = 0
    for chunk in encoded.chunks:
        codes[place : place + len(chunk)] = integers_of(chunk.indices)
        place += len(chunk)
    labels = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    if order is not None:
        codes = codes[order]
    by_entity = np.empty(starts.size - 1, np.int32)
    is_constant = find_constant(starts, codes, by_entity)
    return PropertyColumn(
        codes=codes, labels=tuple(str(label) for label in labels), by_entity=by_entity if is_constant else None
    )
