"""Batches on their way into the store: columns named for SQL, rows as Parquet where the store may read them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.contract import Batch
from core.ids import new_id
from core.names import identifier

_LONGEST = 120
_TYPES = {
    "bool": "BOOLEAN", "double": "DOUBLE", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT",
    "string": "VARCHAR", "date32[day]": "DATE",
}  # fmt: skip


def column_names(names: Sequence[str]) -> dict[str, str]:
    """For each column of a source its name in the table, each one different.

    >>> column_names(["Close Date", "close_date", "😀"])
    {'Close Date': 'close_date', 'close_date': 'close_date_2', '😀': 'column_3'}
    """
    taken: dict[str, str] = {}
    for number, name in enumerate(names, start=1):
        wanted = identifier(name, fallback=f"column_{number}")[:_LONGEST]
        unique, count = wanted, 2
        while unique in taken.values():
            unique, count = f"{wanted}_{count}", count + 1
        taken[name] = unique
    return taken


def write_rows(table: pa.Table, folder: Path) -> Path:
    """Rows as a Parquet file of a name of its own."""
    path = folder / f"{new_id()}.parquet"
    # Text has lengths of 32 bits in some readers; a column nobody knows anything of is text.
    types = [pa.string() if pa.types.is_null(field.type) else field.type for field in table.schema]
    names = column_names(table.column_names)
    fields = [pa.field(names[field.name], type_) for field, type_ in zip(table.schema, types, strict=True)]
    pq.write_table(
        table.cast(pa.schema(zip(table.column_names, types, strict=True))).rename_columns(
            [field.name for field in fields]
        ),
        path,
        compression="lz4",
    )
    return path


def declared_types(batch: Batch) -> Mapping[str, str]:
    """The engine's types that the source declares, by the names of the table's columns."""
    if batch.declared is None:
        return {}
    names = column_names(batch.declared.names)
    types = {names[field.name]: engine_type(field.type) for field in batch.declared}
    return {name: type_ for name, type_ in types.items() if type_ is not None}


def engine_type(kind: pa.DataType) -> str | None:
    """The engine's name of an Arrow type; None where the values themselves decide."""
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP" if kind.tz is None else "TIMESTAMP WITH TIME ZONE"
    return _TYPES.get(str(kind))
