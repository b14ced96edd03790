"""Writes source files and stages them into an empty folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors import StagedImport, stage_files

Write = Callable[[str, bytes | str], Path]
Stage = Callable[..., StagedImport]


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    """An empty folder to stage into."""
    return tmp_path / "staging"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file into a folder of its own and gives its path."""

    def write_file(name: str, content: bytes | str) -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def stage(write: Write, staging: Path) -> Stage:
    """Writes one file and stages it."""

    def stage_content(name: str, content: bytes | str) -> StagedImport:
        return stage_files([write(name, content)], staging)

    return stage_content
