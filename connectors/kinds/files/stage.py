"""Stages files: every table of an import as typed Parquet, or nothing at all and the reasons."""

import contextlib
import dataclasses
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from connectors.engine import Engine, open_engine
from connectors.errors import (
    Place,
    SourceError,
    StagingFullError,
    TerminalSourceError,
    TransientSourceError,
    is_disk_full,
    malformed,
    over_limit,
    unreadable,
)
from connectors.kinds.files.formats import stem
from connectors.kinds.files.journey import Journey
from connectors.kinds.files.paths import LOCK_PREFIX, FoundFile, find_files
from connectors.kinds.files.raw import RawTable, Task
from connectors.kinds.files.snapshot import ensure_unchanged, take_snapshot
from connectors.kinds.files.tables import relation_of, stage_table
from connectors.relations import guess_joins
from connectors.result import SkippedFile, StagedImport, StagedTable
from connectors.spec import Limits, Progress, Stage
from core.errors import InvalidError
from core.names import identifier

_DEFAULT_LIMITS = Limits()
_NAME_LENGTH = 60
_DISK_WORDS = ("no space left", "file too large", "quota", "temp_directory")


def stage_files(
    paths: Sequence[Path],
    staging: Path,
    *,
    table: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    limits: Limits = _DEFAULT_LIMITS,
) -> StagedImport:
    """Reads files, and the supported files directly in folders, into one Parquet file for each table in `staging`.

    `staging` is created when absent and must be empty; whatever goes wrong, it is left empty. `table` names the table
    when there is exactly one. `progress` is called in this thread; an exception it raises ends the import.

    Raises SourceError naming every file that failed, with row and column where they apply, and InvalidError for paths,
    names or a folder that cannot be used.
    """
    _check_name(table)
    staging = staging.absolute()
    staging.mkdir(parents=True, exist_ok=True)
    if any(staging.iterdir()):
        raise InvalidError(f"The staging folder {staging} is not empty. Give an empty or a new one.")
    try:
        with _disk_full_told(), open_engine(staging, limits) as engine:
            job = _Job(engine=engine, staging=staging, table=table, limits=limits, progress=progress)
            result = job.run(paths)
    except BaseException:
        # Whatever ends the import, also an interrupt from the keyboard, nothing half done stays behind.
        _empty(staging)
        raise
    shutil.rmtree(staging / "spill", ignore_errors=True)
    return result


@dataclass(slots=True, kw_only=True)
class _Job:
    """One import under way."""

    engine: Engine
    staging: Path
    table: str | None
    limits: Limits
    progress: Callable[[Progress], None] | None
    tables: list[StagedTable] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    problems: list[SourceError] = field(default_factory=list)

    def run(self, paths: Sequence[Path]) -> StagedImport:
        found = find_files(paths, self.limits)
        self.skipped.extend(found.skipped)
        self.problems.extend(found.problems)
        count = len(found.files) + len(found.problems)
        if self.table is not None and count > 1:
            raise InvalidError(f"A table name fits one file only, but there are {count:,}. Leave the name out.")
        journey = Journey(self.progress, {file.path: _size(file.path) for file in found.files})
        for file in found.files:
            journey.begin(file.path, file.name)
            try:
                self._read_file(file, journey)
            except SourceError as error:
                self.problems.append(error)
        if not self.tables and not self.problems:
            self.problems.append(unreadable(paths[0].name, "the folder has no file that holds a table."))
        if self.problems:
            raise _refusal(self.problems, count)
        journey.at(Stage.MATCHING, 1.0)
        joins = guess_joins(self.engine, [relation_of(table) for table in self.tables])
        return StagedImport(
            tables=tuple(self.tables), joins=joins, warnings=_gathered(self.tables), skipped=tuple(self.skipped)
        )

    def _read_file(self, file: FoundFile, journey: Journey) -> None:
        before = take_snapshot(file.path, file.name)
        work = self.staging / ".work"
        work.mkdir()
        task = Task(
            path=file.path,
            name=file.name,
            work=work,
            limits=self.limits,
            advance=lambda share: journey.at(Stage.READING, share),
        )
        try:
            reason = None if file.is_named else file.format.reason_to_skip(task)
            if reason is not None:
                self.skipped.append(SkippedFile(file=file.name, reason=reason))
                return
            with _engine_faults_told(file.name):
                for raw in file.format.read(task):
                    ensure_unchanged(file.path, file.name, before)
                    self._stage(file, raw, journey)
            ensure_unchanged(file.path, file.name, before)
        except SourceError:
            # A file that is still growing often looks broken; that it grows is the better answer.
            ensure_unchanged(file.path, file.name, before)
            raise
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _stage(self, file: FoundFile, raw: RawTable, journey: Journey) -> None:
        source = file.name if raw.sheet is None else f"{file.name}, sheet {raw.sheet}"
        if self.table is not None and self.tables:
            raise InvalidError(f"A table name fits one table only, but {file.name} has several sheets. Leave it out.")
        name = self.table or identifier(raw.sheet or stem(file.path), fallback="table")[:_NAME_LENGTH]
        other = next((staged.source for staged in self.tables if staged.name == name), None)
        if other is not None:
            raise InvalidError(
                f"Both {other} and {source} would become the table {name}. Rename one, or import them one after the"
                " other under names of your own."
            )
        path = self.staging / f"{name}.parquet"
        staged = stage_table(self.engine, raw, name=name, source=source, path=path, journey=journey)
        self.tables.append(_with_lock_warning(file, staged))


def _check_name(table: str | None) -> None:
    if table is not None and (not table.strip() or identifier(table) != table or len(table) > _NAME_LENGTH):
        raise InvalidError(
            f"The table name {table!r} must be a short word in small letters, digits and underscores, such as"
            f" {identifier(table, fallback='deals')[:_NAME_LENGTH]}."
        )


def _size(path: Path) -> int:
    """The weight of a file in the progress; what cannot be read is told when its turn comes."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _with_lock_warning(file: FoundFile, table: StagedTable) -> StagedTable:
    if not (file.path.parent / f"{LOCK_PREFIX}{file.path.name}").exists():
        return table
    told = "The workbook is open in Excel; changes that are not saved yet were not read."
    return dataclasses.replace(table, warnings=(*table.warnings, told))


def _gathered(tables: Sequence[StagedTable]) -> tuple[str, ...]:
    found = []
    for table in tables:
        found += [f"{table.source}: {warning}" for warning in table.warnings]
        found += [
            f"{table.source}, column {column.name}: {warning}"
            for column in table.columns
            for warning in column.warnings
        ]
    return tuple(found)


def _refusal(problems: Sequence[SourceError], files: int) -> SourceError:
    """One error for all that failed."""
    if len(problems) == 1 and files == 1:
        only = problems[0]
        return type(only)(f"{only.message} Nothing was loaded.", code=only.code, data=only.data)
    is_transient = all(isinstance(problem, TransientSourceError) for problem in problems)
    root = TransientSourceError if is_transient else TerminalSourceError
    kind = type(problems[0]) if len(problems) == 1 else root
    told = "\n".join(f"- {problem.message}" for problem in problems)
    data = [{"code": problem.code, "message": problem.message, **problem.data} for problem in problems]
    return kind(f"{len(problems):,} of {files:,} files failed, so nothing was loaded.\n{told}", data={"problems": data})


@contextlib.contextmanager
def _engine_faults_told(name: str) -> Iterator[None]:
    """Turns faults of the engine, and of reading, into errors that name the file."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        if _is_about_disk(error):
            raise
        problem = "it needs more memory than is allowed to sort out. Split it into several files."
        raise over_limit(Place(file=name), problem) from None
    except duckdb.Error as error:
        if _is_about_disk(error):
            raise
        raise malformed(Place(file=name), f"its data is damaged ({str(error).splitlines()[0][:160]}).") from error
    except OSError as error:
        if is_disk_full(error):
            raise
        raise unreadable(name, f"it cannot be read ({(error.strerror or str(error)).lower()}).") from error


@contextlib.contextmanager
def _disk_full_told() -> Iterator[None]:
    """Turns a full disk, whoever notices it, into one error."""
    message = "There is no room left to stage the files. Nothing was loaded. Free some disk space and try again."
    try:
        yield
    except OSError as error:
        if not is_disk_full(error):
            raise
        raise StagingFullError(message) from error
    except duckdb.Error as error:
        if not _is_about_disk(error):
            raise
        raise StagingFullError(message) from error


def _is_about_disk(error: duckdb.Error) -> bool:
    return any(word in str(error).lower() for word in _DISK_WORDS)


def _empty(folder: Path) -> None:
    for child in folder.iterdir():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child, ignore_errors=True)
        else:
            child.unlink(missing_ok=True)
