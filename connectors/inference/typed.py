"""Writes a table with its types, in bounded memory however wide it is."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from connectors.engine import Engine
from connectors.inference.expressions import scan, select

# The engine keeps some vectors in memory for each step of each column's expression.
_COLUMNS_AT_ONCE = 150
_BATCH_CELLS = 4_000_000


def write_typed(engine: Engine, source: Path, expressions: Sequence[exp.Expression], path: Path) -> None:
    """Writes expressions over the Parquet file `source` to a new Parquet file, in order.

    Wide tables are written in slices beside `source`, which are joined in a second pass.
    """
    if len(expressions) <= _COLUMNS_AT_ONCE:
        _write(engine, source, expressions, path, width=len(expressions))
        return
    slices = []
    for start in range(0, len(expressions), _COLUMNS_AT_ONCE):
        slices.append(source.with_name(f"slice{start}.parquet"))
        # Row groups as short as those of the whole table keep the second pass small.
        _write(engine, source, expressions[start : start + _COLUMNS_AT_ONCE], slices[-1], width=len(expressions))
    _join(slices, path, columns=len(expressions))
    for part in slices:
        part.unlink()


def _write(engine: Engine, source: Path, expressions: Sequence[exp.Expression], path: Path, *, width: int) -> None:
    engine.write(select(expressions).from_(scan(path=str(source)), copy=False), path, columns=width)


def _join(slices: Sequence[Path], path: Path, *, columns: int) -> None:
    """Puts the columns of files with equal rows beside each other."""
    files = [pq.ParquetFile(part) for part in slices]
    schema = pa.schema([field for file in files for field in file.schema_arrow])
    size = max(256, min(16_384, _BATCH_CELLS // columns))
    streams = [_Stream(file, size) for file in files]
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        # Files may be cut into batches in different places.
        while count := min(stream.available() for stream in streams):
            arrays = [column for stream in streams for column in stream.take(count).columns]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    for file in files:
        file.close()


class _Stream:
    """The rows of a Parquet file, taken in portions of any size."""

    def __init__(self, file: pq.ParquetFile, size: int) -> None:
        self._batches = file.iter_batches(batch_size=size)
        self._waiting = pa.RecordBatch.from_arrays([], names=[])

    def available(self) -> int:
        """How many rows can be taken now; 0 at the end."""
        if not self._waiting.num_rows:
            self._waiting = next(self._batches, self._waiting)
        return int(self._waiting.num_rows)

    def take(self, count: int) -> pa.RecordBatch:
        """The next rows; at most as many as are available."""
        taken = self._waiting.slice(0, count)
        self._waiting = self._waiting.slice(count)
        return taken
