"""One change of a table by a sync: what goes in, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from core.result import Watermark

VALID_FROM = "_valid_from"
VALID_TO = "_valid_to"
# The answer to a query of one whole number over the rows as they would be.
Ask = Callable[[str], int | None]
# Raises where the rows must not stay.
Accept = Callable[[Ask], None]


class ChangeMode(StrEnum):
    """What staged rows mean: rows that are new or changed, all rows there are, or rows to add."""

    UPSERT = "upsert"
    SNAPSHOT = "snapshot"
    APPEND = "append"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """Rows of one stream of a source for one table, and the cursor behind them: committed together or not at all.

    `types` are the engine's types the source declares, for columns the table does not have yet. `gone` are Parquet
    files with the keys of rows that were deleted; `present`, where it is not None, files with every key there is: rows
    of another key are deleted.
    """

    source: str
    stream: str
    table: str
    mode: ChangeMode
    run: str
    key: tuple[str, ...] = ()
    rows: tuple[Path, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[Path, ...] = ()
    present: tuple[Path, ...] | None = None
    cursor: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOutcome:
    """What a change did. `drift` tells of columns that came, went or changed their type, as sentences."""

    rows_in: int
    added: int
    updated: int
    deleted: int
    quarantined: int
    drift: tuple[str, ...]
    watermark: Watermark


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedRow:
    """A row that could not be stored: where it came from, why, and the row as JSON."""

    source: str
    stream: str
    run: str
    reason: str
    row: str
