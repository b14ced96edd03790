"""Reads chosen columns of a data file as they are written: CSV (also TSV, compressed) or Parquet."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from core.errors import InvalidError
from core.names import suggestion

_PARQUET = {".parquet", ".pq"}
_SEPARATORS = (",", ";", "\t", "|")


def load_columns(path: Path, names: Sequence[str] | None = None) -> pa.Table:
    """The columns of a file, or of a folder of Parquet files, in the order of the rows; all of them without `names`.

    Raises InvalidError.
    Every CSV value is text as it is written: `007` is not `7`, and only an empty field is null.
    """
    if not path.exists():
        raise InvalidError(f"There is no file {path}.")
    try:
        if path.is_dir() or path.suffix.lower() in _PARQUET:
            return _read_parquet(path, names)
        return _read_csv(path, names)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise InvalidError(f"{path.name} cannot be read: {error}") from error


def open_batches(path: Path, names: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The columns of a Parquet file, or of a folder of them in the order of their names, some rows at a time.

    Raises InvalidError.
    """
    found = path.rglob("*") if path.is_dir() else [path]
    files = sorted(one for one in found if one.suffix.lower() in _PARQUET)
    if not files or not path.exists():
        raise InvalidError(f"{path} is no Parquet file and no folder of them; only those are read in batches.")
    try:
        for file in files:
            with parquet.ParquetFile(file) as opened:
                for name in names:
                    require_column(name, opened.schema_arrow.names)
                yield from opened.iter_batches(batch_size=rows, columns=list(names))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise InvalidError(f"{path.name} cannot be read: {error}") from error


def require_column(name: str, known: Collection[str]) -> None:
    """Raises InvalidError with the nearest names when there is no such column."""
    if name not in known:
        raise InvalidError(f"There is no column {name!r}. {suggestion(name, known)}", data={"column": name})


def _read_parquet(path: Path, names: Sequence[str] | None) -> pa.Table:
    if path.is_file():
        known = parquet.read_schema(path).names
        for name in names or ():
            require_column(name, known)
        # `read_table` would import pandas, which takes longer than reading most files.
        kept = known if names is None else list(names)
        return parquet.ParquetFile(path).read(columns=kept).select(kept)
    if not any(one.suffix.lower() in _PARQUET for one in path.rglob("*")):
        raise InvalidError(f"The folder {path} holds no Parquet file.")
    dataset = parquet.ParquetDataset(path)
    for name in names or ():
        require_column(name, dataset.schema.names)
    return dataset.read(columns=names)


def _read_csv(path: Path, names: Sequence[str] | None) -> pa.Table:
    header = _header(path)
    separator = max(_SEPARATORS, key=header.count)
    known = csv.read_csv(
        pa.py_buffer(header.encode() + b"\n"), parse_options=csv.ParseOptions(delimiter=separator)
    ).column_names
    for name in names or ():
        require_column(name, known)
    wanted = list(known if names is None else names)
    kinds = dict.fromkeys(wanted, pa.string())
    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(block_size=1 << 24),
        parse_options=csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            include_columns=wanted, column_types=kinds, null_values=[""], strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )  # fmt: skip


def _header(path: Path) -> str:
    """The first line of a text file, decompressed, without the mark some programs put before it."""
    with pa.input_stream(str(path), compression="detect") as stream:
        first: bytes = stream.read(1 << 16)
    line = first.split(b"\n", 1)[0].rstrip(b"\r")
    if not line:
        raise InvalidError(f"{path.name} is empty; its first line must name the columns.")
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError(f"{path.name} is not UTF-8 text or Parquet; save it as one of them.") from error
