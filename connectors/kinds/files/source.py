"""Files and folders as a source: each table of a file is a stream, read in full."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from connectors.contract import Batch, Cursor, Reach, SourceConfig, Stream, StreamPlan, SyncMode
from connectors.errors import TerminalSourceError
from connectors.kinds.files.stage import stage_files
from connectors.reach import require_allowed
from connectors.result import StagedImport
from core.errors import InvalidError
from core.names import suggestion

_BATCH_ROWS = 100_000


class Config(SourceConfig):
    """Where the files are."""

    path: str = Field(
        title="Path", description="A file, or a folder whose files are read, on the server.", min_length=1
    )


def describe(config: SourceConfig) -> str:
    """The file's or folder's name."""
    return Path(Config.model_validate(config.model_dump()).path).name


def secret_texts(config: SourceConfig) -> tuple[str, ...]:  # noqa: ARG001
    """Files have no secret."""
    return ()


@contextmanager
def connect(config: SourceConfig, reach: Reach) -> Iterator["FilesConnection"]:
    """Open files for reading. Raises RefusedError, InvalidError."""
    path = Path(Config.model_validate(config.model_dump()).path).expanduser()
    if not path.is_absolute():
        raise InvalidError("The path of a file or folder must be absolute, such as /srv/crm/deals.csv.")
    yield FilesConnection(require_allowed(path, reach), reach.work)


class FilesConnection:
    """Files, staged once for each connection."""

    def __init__(self, path: Path, work: Path) -> None:
        self._path = path
        self._work = work / "files"
        self._staged: StagedImport | None = None

    def check(self) -> str:
        """Make sure that the files can be read; files belong to nobody in particular."""
        self._stage()
        return ""

    def discover(self) -> Sequence[Stream]:
        """The tables in the files, with their guessed keys."""
        return [
            Stream(name=table.name, columns=pq.read_schema(table.path), key=table.key, rows=table.rows)
            for table in self._stage().tables
        ]

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:  # noqa: ARG002
        """All rows of a table."""
        if plan.mode is not SyncMode.FULL:
            raise InvalidError(f"{plan.name}: files are read in full; they do not tell what changed.")
        tables = {table.name: table for table in self._stage().tables}
        if plan.name not in tables:
            raise TerminalSourceError(f"There is no table {plan.name} in the files. {suggestion(plan.name, tables)}")
        with pq.ParquetFile(tables[plan.name].path) as file:
            yield Batch(rows=file.schema_arrow.empty_table())
            for rows in file.iter_batches(batch_size=_BATCH_ROWS):
                yield Batch(rows=pa.Table.from_batches([rows]))

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """Not of files: a full read tells already which rows there are."""
        raise InvalidError(f"{plan.name}: files are read in full.")

    def _stage(self) -> StagedImport:
        if self._staged is None:
            shutil.rmtree(self._work, ignore_errors=True)
            self._staged = stage_files([self._path], self._work)
        return self._staged
