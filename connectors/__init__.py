"""Data in: reads sources into staged Parquet files with a report. Knows nothing of tenants, members or the web."""

from connectors.errors import (
    MalformedError,
    SourceError,
    SourceLimitError,
    StagingFullError,
    StillWrittenError,
    TerminalSourceError,
    TransientSourceError,
    UnreadableError,
)
from connectors.kinds.files import stage_files
from connectors.result import GuessedJoin, SkippedFile, StagedColumn, StagedImport, StagedTable, Unmatched
from connectors.spec import Limits, Progress, Stage

__all__ = [
    "GuessedJoin",
    "Limits",
    "MalformedError",
    "Progress",
    "SkippedFile",
    "SourceError",
    "SourceLimitError",
    "Stage",
    "StagedColumn",
    "StagedImport",
    "StagedTable",
    "StagingFullError",
    "StillWrittenError",
    "TerminalSourceError",
    "TransientSourceError",
    "Unmatched",
    "UnreadableError",
    "stage_files",
]
