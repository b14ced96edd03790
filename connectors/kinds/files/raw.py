"""A file as its format module sees it (`Task`) and what that gives back (`RawTable`): rows in Parquet, untyped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.errors import Place, malformed
from connectors.spec import Limits

_FLUSH_BYTES = 32 * 1024**2
_FLUSH_CELLS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One file to read. `work` is an empty folder for it; `advance` takes the share (0 to 1) that has been read."""

    path: Path
    name: str
    work: Path
    limits: Limits
    advance: Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawColumn:
    """A column: its unique `name`, what the file calls it (`header`, may be empty), its name in the Parquet (`stored`).

    `warning` tells what is odd about the name, if anything.
    """

    name: str
    header: str
    stored: str
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """One table of a file. `is_typed` tells whether the Parquet columns have their own types or are all text.

    `first_row` is the number of the first data row as the file's readers count it. `sheet` is set where the file has
    several tables.
    """

    path: Path
    columns: tuple[RawColumn, ...]
    rows: int
    first_row: int
    warnings: tuple[str, ...] = ()
    sheet: str | None = None
    is_typed: bool = False


class TextWriter:
    """Writes rows of text to a Parquet file in bounded memory; an empty text is stored as null."""

    def __init__(self, path: Path, columns: Sequence[RawColumn], *, file: str, first_row: int) -> None:
        self.path = path
        self.rows = 0
        self._columns = columns
        self._schema = pa.schema([(column.stored, pa.string()) for column in columns])
        self._writer = pq.ParquetWriter(path, self._schema, compression="lz4", write_statistics=False)
        self._pending: list[list[str | None]] = []
        self._pending_bytes = 0
        self._batches: list[pa.RecordBatch] = []
        self._file = file
        self._first_row = first_row

    @property
    def names(self) -> list[str]:
        """The columns' names in the Parquet file."""
        return list(self._schema.names)

    def add_row(self, row: list[str | None], *, size: int) -> None:
        """One row of as many cells as there are columns; `size` is about how many bytes it takes."""
        self._pending.append(row)
        self._pending_bytes += size
        if self._pending_bytes >= _FLUSH_BYTES or len(self._pending) * len(row) >= _FLUSH_CELLS:
            self._flush_rows()

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """A batch of the writer's own schema."""
        self._batches.append(batch)
        self.rows += batch.num_rows
        if sum(waiting.nbytes for waiting in self._batches) >= _FLUSH_BYTES:
            self._flush_batches()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush_rows()
            self._flush_batches()
            self._writer.close()
            # Reading is over; what it kept for later is better used by the engine.
            pa.default_memory_pool().release_unused()
            return
        # The file is given up; what closing it has to say would only hide the first error.
        try:
            self._writer.close()
        except (OSError, pa.ArrowException):
            self.path.unlink(missing_ok=True)

    def _flush_rows(self) -> None:
        if not self._pending:
            return
        columns = zip(*self._pending, strict=True)
        arrays = [self._array(values, index) for index, values in enumerate(columns)]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._pending, self._pending_bytes = [], 0
        self.add_batch(batch)

    def _array(self, values: tuple[str | None, ...], index: int) -> pa.Array:
        try:
            return pa.array([value or None for value in values], pa.string())
        except UnicodeEncodeError:
            offset = next(at for at, value in enumerate(values) if value and not _is_encodable(value))
            place = Place(file=self._file, row=self._first_row + self.rows + offset, column=self._columns[index].name)
            raise malformed(place, "a text holds half a Unicode surrogate pair, which no encoding can write.") from None

    def _flush_batches(self) -> None:
        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches, self._schema))
            self._batches = []


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
