"""The columns a score is made of: numbers with NaN, or text with None, decided by the rows that are learned from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """Columns of equal length by name."""

    numbers: Mapping[str, Floats]
    texts: Mapping[str, Texts]
    size: int

    @property
    def names(self) -> tuple[str, ...]:
        """Every column."""
        return (*self.numbers, *self.texts)

    def take(self, rows: npt.NDArray[np.int64]) -> "Features":
        """Some of the rows."""
        return Features(
            numbers={name: values[rows] for name, values in self.numbers.items()},
            texts={name: values[rows] for name, values in self.texts.items()},
            size=rows.size,
        )

    def without(self, dropped: Sequence[str]) -> "Features":
        """The columns but some."""
        return Features(
            numbers={name: values for name, values in self.numbers.items() if name not in dropped},
            texts={name: values for name, values in self.texts.items() if name not in dropped},
            size=self.size,
        )


def read_features(table: pa.Table, names: Sequence[str], like: Features | None = None) -> Features:
    """The columns of a table. Without `like` a column is of numbers when each of its values is one.

    With `like` columns are read as they were there: text in a column of numbers is a missing number.
    """
    numbers: dict[str, Floats] = {}
    texts: dict[str, Texts] = {}
    for name in names:
        column = table.column(name)
        parsed = _numbers(column) if like is None or name in like.numbers else None
        if parsed is not None and (like is not None or _all_read(column, parsed)):
            numbers[name] = parsed
        else:
            texts[name] = _texts(column)
    return Features(numbers=numbers, texts=texts, size=table.num_rows)


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)


def _numbers(column: pa.ChunkedArray) -> Floats | None:
    """The values as numbers, NaN for what is none; None for a type that has no numbers."""
    column = _trimmed(column)
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        numeric = pc.match_substring_regex(column, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
        column = pc.if_else(numeric, column, pa.scalar(None, kind))
    elif pa.types.is_temporal(kind) or pa.types.is_nested(kind):
        return None
    values = np.array(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    values[np.isinf(values)] = np.nan
    return values


def _all_read(column: pa.ChunkedArray, parsed: Floats) -> bool:
    present = ~np.asarray(pc.is_null(_trimmed(column)).to_numpy(), np.bool_)
    if pa.types.is_boolean(column.type) or pa.types.is_floating(column.type):
        return True
    return not np.isnan(parsed[present]).any()


def _texts(column: pa.ChunkedArray) -> Texts:
    found = np.empty(len(column), np.object_)
    found[:] = _trimmed(column).cast(pa.string()).to_pylist()
    return found
