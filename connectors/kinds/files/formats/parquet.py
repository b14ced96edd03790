"""Parquet: the columns keep the types that the file declares."""

import shutil

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.errors import Place, malformed, over_limit, unreadable
from connectors.kinds.files.header import name_columns
from connectors.kinds.files.raw import RawTable, Task

KIND = "parquet"
LABEL = "Parquet"
SUFFIXES = (".parquet", ".pq")

_MAGIC = b"PAR1"
_ENCRYPTED_MAGIC = b"PARE"


def reason_to_skip(task: Task) -> str | None:
    """Every file with this ending is a table."""
    del task
    return None


def read(task: Task) -> list[RawTable]:
    """The file itself, copied into the working folder; its data is read later, in one pass."""
    place = Place(file=task.name)
    _check_ends(task)
    try:
        with pq.ParquetFile(task.path) as file:
            rows, names = file.metadata.num_rows, list(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise malformed(place, f"the Parquet footer cannot be read ({_short(error)}). Copy the file again.") from None
    if not names:
        raise malformed(place, "the Parquet file has no columns.")
    if task.path.stat().st_size > task.limits.max_file_bytes:
        raise over_limit(place, f"it has more than {task.limits.max_file_bytes:,} bytes. Split it into several files.")
    columns = name_columns(names, task.name, task.limits)
    # The engine may read below the staging folder only, and a copy cannot change while it is read.
    copy = task.work / "rows.parquet"
    shutil.copyfile(task.path, copy)
    task.advance(1.0)
    warnings = () if rows else ("The file has columns but no rows; the table is empty.",)
    return [RawTable(path=copy, columns=columns, rows=rows, first_row=1, warnings=warnings, is_typed=True)]


def _check_ends(task: Task) -> None:
    """A Parquet file begins and ends with the same four letters; a truncated one has lost the second."""
    place = Place(file=task.name)
    try:
        with task.path.open("rb") as file:
            first = file.read(4)
            file.seek(max(0, task.path.stat().st_size - 4))
            last = file.read(4)
    except PermissionError:
        raise unreadable(
            task.name, "reading it is not permitted. Allow it for the user that runs this program."
        ) from None
    if not first:
        raise malformed(place, "the file is empty (0 bytes).")
    if _ENCRYPTED_MAGIC in (first, last):
        raise unreadable(task.name, "the Parquet file is encrypted. Save it without encryption.")
    if first != _MAGIC:
        raise malformed(place, "this is not a Parquet file. Give the file the ending that fits its content.")
    if last != _MAGIC:
        raise malformed(place, "the Parquet file is cut off: its end is missing. Copy or download it again.")


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:120]
