"""Reads staged Parquet back, by other means than the code under test."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from connectors import SourceError, StagedImport, StagedTable, stage_files


def values(table: StagedTable, column: str) -> list[object]:
    """The staged values of a column."""
    return list(pq.read_table(table.path, columns=[column]).column(column).to_pylist())


def rows(table: StagedTable) -> list[tuple[object, ...]]:
    """All staged rows."""
    return [tuple(row.values()) for row in pq.read_table(table.path).to_pylist()]


def only(staged: StagedImport) -> StagedTable:
    """The single table of an import."""
    (table,) = staged.tables
    return table


def refused(paths: list[Path], staging: Path, match: str) -> SourceError:
    """The error of an import that must fail with this message and leave nothing behind."""
    with pytest.raises(SourceError, match=match) as caught:
        stage_files(paths, staging)
    assert "othing was loaded" in caught.value.message
    assert list(staging.iterdir()) == []
    return caught.value
