"""The file formats that can be read; each module here with a `KIND` is one.

A format module defines
`KIND`: its name; `LABEL`: what a person calls it; `SUFFIXES`: the endings of file names that it reads;
`reason_to_skip(task) -> str | None`: why a file found in a folder (not named by the user) is no table after all;
`read(task) -> list[RawTable]`: the tables of a file. Raises SourceError.
"""

import functools
import sys
from pathlib import Path
from typing import Protocol, cast

from connectors.kinds.files.raw import RawTable, Task
from core.registry import find_kinds


class Format(Protocol):
    """What a format module offers."""

    KIND: str
    LABEL: str
    SUFFIXES: tuple[str, ...]

    def reason_to_skip(self, task: Task) -> str | None:
        """Why a file found in a folder is no table, or None."""

    def read(self, task: Task) -> list[RawTable]:
        """The tables of a file."""


@functools.cache
def all_formats() -> dict[str, Format]:
    """Every format by its kind."""
    return {kind: cast(Format, module) for kind, module in find_kinds(sys.modules[__name__]).items()}


@functools.cache
def _by_suffix() -> dict[str, Format]:
    return {suffix: found for found in all_formats().values() for suffix in found.SUFFIXES}


def find_format(path: Path) -> Format | None:
    """The format for a file, by its name alone."""
    name = path.name.lower()
    return next((found for suffix, found in _by_suffix().items() if name.endswith(suffix)), None)


def known_suffixes() -> tuple[str, ...]:
    """Every ending that is read, in alphabetical order."""
    return tuple(sorted(_by_suffix()))


def stem(path: Path) -> str:
    """A file's name without the ending of its format: `sales.csv.gz` gives `sales`."""
    endings = sorted((suffix for suffix in known_suffixes() if path.name.lower().endswith(suffix)), key=len)
    return path.name[: -len(endings[-1])] if endings else path.stem
