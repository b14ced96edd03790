"""Parquet with its types: a ZIP archive with a file for the key figures and for each chart and table."""

import datetime as dt
import io
from decimal import Decimal

from core.result import Column, ColumnType
from exports.blocks import Report
from exports.tabular import Part, pack

KIND = "parquet"
MEDIA_TYPE = "application/zip"
EXTENSION = "parquet.zip"


def render(report: Report) -> bytes:
    """The report as an archive of Parquet files."""
    return pack(report, "parquet", write_parquet)


def write_parquet(part: Part) -> bytes:
    """One table as Parquet; money stays decimal."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names: list[str] = []
    arrays = []
    for index, column in enumerate(part.columns):
        label = column.label if column.label not in names else f"{column.label} ({column.name})"
        names.append(label)
        arrays.append(_array(column, [row[index] for row in part.rows]))
    target = io.BytesIO()
    pq.write_table(pa.table(dict(zip(names, arrays, strict=True))), target)
    return target.getvalue()


def _array(column: Column, values: list[object]) -> "object":
    import pyarrow as pa

    known = [value for value in values if value is not None]
    match column.type:
        case ColumnType.INTEGER if all(isinstance(value, int) for value in known):
            return pa.array(values, pa.int64())
        case ColumnType.NUMBER | ColumnType.INTEGER if known and all(isinstance(value, Decimal) for value in known):
            return pa.array(values)
        case ColumnType.NUMBER | ColumnType.INTEGER:
            return pa.array([None if value is None else float(str(value)) for value in values], pa.float64())
        case ColumnType.BOOLEAN:
            return pa.array(values, pa.bool_())
        case ColumnType.DATE if not any(isinstance(value, dt.datetime) for value in known):
            return pa.array(values, pa.date32())
        case ColumnType.DATETIME:
            return pa.array(values)
        case _:
            return pa.array([None if value is None else str(value) for value in values], pa.string())
