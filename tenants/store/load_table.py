"""A table to be loaded."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTable:
    """A table to put in place of the one of the same name: all rows of one staged Parquet file."""

    name: str
    parquet: Path
