"""Rows of Python values as Arrow: in the declared types where every value has them, otherwise as the values are.

Whole numbers beyond 64 bits and numbers with a fraction are decimals; what is of several types is text.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import cast
from uuid import UUID

import pyarrow as pa

FRACTION = pa.decimal128(38, 9)
_NINTH_PLACE = Decimal(1).scaleb(-9)
_DIGITS = Context(prec=38)
_GREATEST_WHOLE = 2**63
_FAULTS = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, ValueError)


def build_table(
    names: Sequence[str], rows: Sequence[Sequence[object]], declared: Mapping[str, pa.DataType] | None = None
) -> pa.Table:
    """Rows as a table with the columns `names`."""
    wanted = declared or {}
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [_array(values, wanted.get(name)) for name, values in zip(names, columns, strict=True)]
    return pa.Table.from_arrays(arrays, names=list(names))


def build_table_of_records(
    records: Sequence[Mapping[str, object]], declared: Mapping[str, pa.DataType] | None = None
) -> pa.Table:
    """Records as a table whose columns are all names that occur, in the order they are met."""
    names = list(dict.fromkeys(name for record in records for name in record))
    return build_table(names, [[record.get(name) for name in names] for record in records], declared)


def flatten(record: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Objects within a record become columns with both names; lists stay as they are."""
    row: dict[str, object] = {}
    for name, value in record.items():
        if isinstance(value, Mapping) and value:
            row |= flatten(value, f"{prefix}{name}_")
        else:
            row[f"{prefix}{name}"] = None if isinstance(value, Mapping) else value
    return row


def rounded(value: Decimal) -> Decimal:
    """A number as FRACTION keeps it: vendors compute some with more places than they mean. Raises ArithmeticError.

    >>> rounded(Decimal("0.30000000000000004")), rounded(Decimal("12.5"))
    (Decimal('0.300000000'), Decimal('12.5'))
    """
    exponent = value.as_tuple().exponent
    return value.quantize(_NINTH_PLACE, context=_DIGITS) if isinstance(exponent, int) and exponent < -9 else value


def _array(values: Sequence[object], declared: pa.DataType | None) -> pa.Array:
    plain = [_plain(value) for value in values]
    if declared is not None and _may_be(plain, declared):
        try:
            return pa.array(plain, type=declared)
        except _FAULTS:
            pass
    return _as_they_are(plain)


def _may_be(values: Sequence[object], declared: pa.DataType) -> bool:
    """Arrow takes true for 1 and a moment for its day without a word."""
    if pa.types.is_integer(declared) or pa.types.is_decimal(declared) or pa.types.is_floating(declared):
        return not any(isinstance(value, bool) for value in values)
    if pa.types.is_date(declared):
        return not any(isinstance(value, dt.datetime) for value in values)
    return True


def _as_they_are(values: Sequence[object]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values), pa.null())
    try:
        if kinds == {int}:
            is_small = all(value is None or -_GREATEST_WHOLE <= cast(int, value) < _GREATEST_WHOLE for value in values)
            return pa.array(values, pa.int64() if is_small else pa.decimal128(38, 0))
        if kinds <= {int, Decimal}:
            return _fractions(values)
        if kinds <= {float, int, Decimal}:
            return pa.array([None if value is None else float(cast(float, value)) for value in values], pa.float64())
        if kinds == {dt.datetime}:
            return _moments(cast(Sequence[dt.datetime | None], values))
        if len(kinds) == 1:
            return pa.array(values)
    except _FAULTS:
        pass
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _fractions(values: Sequence[object]) -> pa.Array:
    """Exact where nine places are enough, otherwise as near as a double comes."""
    try:
        return pa.array([None if value is None else Decimal(str(value)) for value in values], FRACTION)
    except _FAULTS:
        return pa.array([None if value is None else float(str(value)) for value in values], pa.float64())


def _moments(values: Sequence[dt.datetime | None]) -> pa.Array:
    aware = {value.tzinfo is not None for value in values if value is not None}
    if len(aware) > 1:
        raise ValueError("some have a zone")
    return pa.array(values, pa.timestamp("us", tz="UTC" if aware == {True} else None))


def _plain(value: object) -> object:
    """A value as one of the types that are known here."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    return value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
