"""What every kind of source is: a typed configuration, a check, its streams, and rows in batches with a cursor.

A kind is a module or package in `connectors/kinds/` with what `SourceKind` names. A
cursor is JSON that the kind alone reads: handed back to `read` it continues behind the batch it came with. A read that
follows a finished one begins again at what may have become visible late.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, SecretStr

Cursor = Mapping[str, object]


class SyncMode(StrEnum):
    """How a stream is read: all rows each time, what changed since, or what came since."""

    FULL = "full"
    INCREMENTAL = "incremental"
    APPEND = "append"


class SourceConfig(BaseModel):
    """The base of every kind's configuration. A field of the type SecretStr is sealed and never shown again."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a kind can do: read since a cursor, tell of deleted rows, list the keys there are."""

    has_cursor: bool
    has_tombstones: bool = False
    has_keys: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a source may touch. `folders` are those local files may lie in, None for all, as for the operator.

    `allowed_hosts` may be private or without TLS; with `is_operators` every host may. `work` is a folder for the time
    of one connection.
    """

    work: Path
    allowed_hosts: frozenset[str] = frozenset()
    folders: tuple[Path, ...] | None = ()
    is_operators: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A table of a source: its columns' types as the source declares them, its key, and columns that tell of changes.

    `rows` is an estimate, None where the source cannot say. `lag_s`: how long after the time they carry its rows are
    known to become visible.
    """

    name: str
    columns: pa.Schema
    key: tuple[str, ...] = ()
    cursor_fields: tuple[str, ...] = ()
    rows: int | None = None
    lag_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPlan:
    """How one stream is read. `lag_s`: rows may become visible so long after the time they carry.

    With `finds_deleted` the keys are listed after each read, and rows of other keys are deleted.
    """

    name: str
    mode: SyncMode
    key: tuple[str, ...] = ()
    cursor_field: str | None = None
    lag_s: int = 0
    finds_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows that can be committed together, the keys of rows that were deleted, and the cursor behind both.

    `declared` are the columns' types as the source declares them, which the values need not have; null where it does
    not say. `present` are the keys of all rows there are, where what was deleted cannot be told otherwise: rows of
    other keys are deleted.
    """

    rows: pa.Table | None = None
    declared: pa.Schema | None = None
    deleted: pa.Table | None = None
    present: pa.Table | None = None
    cursor: Cursor = field(default_factory=dict)


class Connection(Protocol):
    """An open source. Every method raises SourceError: transient, or terminal with who must do what."""

    def check(self) -> str:
        """Make sure that it can be read; gives whose data it is, or an empty text where that cannot be told."""

    def discover(self) -> Sequence[Stream]:
        """Its streams."""

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:
        """The rows of a stream behind a cursor; from the beginning for None. The last batch may have no rows."""

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """The keys of all rows there are; only of kinds that can list them."""


class SourceKind(Protocol):
    """What the module of a kind holds."""

    KIND: str
    LABEL: str
    CAPABILITIES: Capabilities
    Config: type[SourceConfig]

    def connect(self, config: SourceConfig, reach: Reach) -> AbstractContextManager[Connection]:
        """Open a source. Raises SourceError, OutboundRefused, InvalidError."""

    def describe(self, config: SourceConfig) -> str:
        """Where the data comes from, in a few words and without a secret."""

    def secret_texts(self, config: SourceConfig) -> Sequence[str]:
        """Every text that must never be shown, parts of the secrets too."""


def secrets_of(config: SourceConfig) -> dict[str, str]:
    """The secrets of a configuration by field; those that are empty are left out."""
    values = {name: getattr(config, name) for name in type(config).model_fields}
    return {
        name: value.get_secret_value()
        for name, value in values.items()
        if isinstance(value, SecretStr) and value.get_secret_value()
    }


def secret_fields(config: type[SourceConfig]) -> list[str]:
    """The names of the fields that hold secrets."""
    return [name for name, info in config.model_fields.items() if SecretStr in _types(info.annotation)]


def _types(annotation: object) -> tuple[object, ...]:
    return (annotation, *getattr(annotation, "__args__", ()))
