"""Which files the given paths stand for: files themselves, and the supported files directly in a folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.errors import SourceError, unreadable
from connectors.kinds.files.formats import Format, find_format, known_suffixes
from connectors.kinds.files.snapshot import take_snapshot
from connectors.result import SkippedFile
from connectors.spec import Limits
from core.errors import InvalidError

LOCK_PREFIX = "~$"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file to read. `is_named` is true when the user named it and false when it was found in a folder."""

    path: Path
    name: str
    format: Format
    is_named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the paths stand for; `problems` are those that cannot be read."""

    files: tuple[FoundFile, ...]
    skipped: tuple[SkippedFile, ...]
    problems: tuple[SourceError, ...]


def find_files(paths: Sequence[Path], limits: Limits) -> Findings:
    """The files of `paths` in the given order, those of a folder in alphabetical order, each one once.

    Raises InvalidError when there is no path, and when there are more files than the limit.
    """
    if not paths:
        raise InvalidError("No file was given. Name at least one file or folder.")
    files: dict[Path, FoundFile] = {}
    skipped: list[SkippedFile] = []
    problems: list[SourceError] = []
    for path in paths:
        try:
            found, left = _in_folder(path) if path.is_dir() else ([_named(path)], [])
        except SourceError as error:
            problems.append(error)
            continue
        skipped.extend(left)
        for file in found:
            files.setdefault(file.path.absolute(), file)
    if len(files) > limits.max_files:
        raise InvalidError(f"{len(files):,} files are too many for one import; at most {limits.max_files:,} are read.")
    return Findings(files=tuple(files.values()), skipped=tuple(skipped), problems=tuple(problems))


def _named(path: Path) -> FoundFile:
    if path.name.startswith(LOCK_PREFIX):
        raise unreadable(
            path.name, "this is Excel's lock file, not the workbook. Close the workbook and name it instead."
        )
    take_snapshot(path, path.name)
    found = find_format(path)
    if found is None:
        raise unreadable(path.name, f"this kind of file is not read. Known endings: {', '.join(known_suffixes())}.")
    return FoundFile(path=path, name=path.name, format=found, is_named=True)


def _in_folder(folder: Path) -> tuple[list[FoundFile], list[SkippedFile]]:
    try:
        children = sorted(folder.iterdir(), key=lambda child: child.name)
    except OSError as error:
        raise unreadable(folder.name, f"the folder cannot be read ({(error.strerror or '').lower()}).") from None
    files: list[FoundFile] = []
    skipped: list[SkippedFile] = []
    for child in children:
        if child.name.startswith((".", LOCK_PREFIX)):
            continue
        found = find_format(child)
        if child.is_dir():
            skipped.append(SkippedFile(file=child.name, reason="a folder inside the folder is not read"))
        elif found is None:
            skipped.append(SkippedFile(file=child.name, reason="this kind of file is not read"))
        else:
            files.append(FoundFile(path=child, name=child.name, format=found, is_named=False))
    if not files:
        raise unreadable(
            folder.name, f"the folder has no file that can be read. Known endings: {', '.join(known_suffixes())}."
        )
    return files, skipped
