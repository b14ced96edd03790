"""The in-memory DuckDB that works on staged files: bounded, shut off from the network and from all other folders."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from connectors.spec import Limits
from core.errors import InvalidError

_GLOB = frozenset("*?[]")


@dataclass(frozen=True, slots=True)
class Engine:
    """Runs statements over Parquet files in one folder. Not for use from several threads."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, query: exp.Expression, values: Sequence[object]) -> list[dict[str, object]]:
        """The answer as one dictionary for each row. Times with a zone come back aware, in UTC."""
        table: pa.Table = self.connection.execute(query.sql("duckdb", copy=False), list(values)).to_arrow_table()
        return list(table.to_pylist())

    def row(self, query: exp.Expression, values: Sequence[object]) -> dict[str, object]:
        """The single row of an answer."""
        (row,) = self.rows(query, values)
        return row

    def write(self, query: exp.Expression, path: Path, *, columns: int) -> None:
        """Writes the answer of a query to a new Parquet file, in order; row groups shrink as tables get wider.

        The query may have no bound values: DuckDB would then hold the whole answer in memory before writing.
        """
        group = max(2_048, min(122_880, 4_000_000 // max(columns, 1)))
        relation = self.connection.sql(query.sql("duckdb", copy=False))
        relation.write_parquet(str(path), compression="zstd", row_group_size=group)


@contextlib.contextmanager
def open_engine(folder: Path, limits: Limits) -> Iterator[Engine]:
    """An engine that may read and write below `folder` only, and spills there when memory runs short.

    Raises InvalidError when the folder's path has characters that DuckDB takes for a pattern.
    """
    if _GLOB & set(str(folder)):
        raise InvalidError(
            f"The staging folder's path may not contain * ? [ or ]: {folder}. Choose another data folder."
        )
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{limits.memory_bytes}B",
        "threads": limits.threads,
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET TimeZone = 'UTC'")
        # Queries over many columns are written so that nothing is computed twice; looking for more takes far too long.
        connection.execute("SET disabled_optimizers = 'common_subexpressions'")
        folders = exp.Array(expressions=[exp.Literal.string(str(folder))])
        allow = exp.SetItem(this=exp.EQ(this=exp.column("allowed_directories"), expression=folders))
        connection.execute(exp.Set(expressions=[allow]).sql("duckdb"))
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield Engine(connection)
