"""Reads the columns of an event file: CSV (also TSV, compressed) or Parquet."""

from collections.abc import Sequence
from pathlib import Path

from core.column_file import load_columns
from metrics.behaviour.event_set import EventSet, build_event_set


def load_events(
    path: Path,
    *,
    entity: str,
    time: str,
    event: str | None = None,
    keep: Sequence[str] = (),
    time_format: str | None = None,
) -> EventSet:
    """The events of a file, or of a folder of Parquet files. Raises InvalidError."""
    names = list(dict.fromkeys([entity, time, *([event] if event else []), *keep]))
    table = load_columns(path, names)
    return build_event_set(table, entity=entity, time=time, event=event, keep=keep, time_format=time_format)
