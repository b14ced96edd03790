"""A column of amounts kept with the events, as whole numbers of its smallest unit, so that sums of money are exact."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InvalidError
from metrics.behaviour.integer_column import integers_of

Integers = npt.NDArray[np.int64]

# Binary fractions are taken to a millionth.
_FLOAT_SCALE = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AmountColumn:
    """`units` in row order, 0 where there is no amount; one unit is 10 to the power of minus `scale`."""

    units: Integers
    scale: int

    def amount(self, units: int) -> Decimal:
        """A sum of units as an amount.

        >>> AmountColumn(units=np.zeros(0, np.int64), scale=2).amount(1050)
        Decimal('10.50')
        """
        return Decimal(units).scaleb(-self.scale)


def build_amounts(column: pa.ChunkedArray, name: str, order: Integers | None) -> AmountColumn:
    """The column in the order of the events. Raises InvalidError for what is no number, or too large a one."""
    kind, scale = column.type, 0
    if pa.types.is_decimal(kind):
        scale = kind.scale
        units = _decimal_units(column.cast(pa.decimal128(38, scale)), name)
    elif pa.types.is_integer(kind):
        units = integers_of(pc.fill_null(column, 0))
    elif pa.types.is_floating(kind):
        scale = _FLOAT_SCALE
        known = pc.if_else(pc.is_finite(column), column, 0)
        units = integers_of(pc.round(pc.multiply(pc.fill_null(known, 0), 10.0**scale)))
    else:
        raise InvalidError(f"The column {name!r} holds {kind}, which cannot be added up; choose a column of numbers.")
    return AmountColumn(units=units if order is None else units[order], scale=scale)


def _decimal_units(column: pa.ChunkedArray, name: str) -> Integers:
    units = np.zeros(len(column), np.int64)
    place = 0
    for chunk in column.chunks:
        words = np.frombuffer(chunk.buffers()[1], np.int64, count=2 * len(chunk), offset=16 * chunk.offset)
        low, high = words[0::2], words[1::2]
        is_there = integers_of(pc.cast(pc.is_valid(chunk), pa.int64())).astype(np.bool_)
        # The upper word only carries the sign of a number that fits the lower one.
        if (is_there & (high != low >> 63)).any():
            raise InvalidError(f"The column {name!r} holds an amount too large to be added up exactly.")
        units[place : place + len(chunk)] = np.where(is_there, low, 0)
        place += len(chunk)
    return units
