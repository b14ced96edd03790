"""Files a command reads and writes in folders its user names."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.errors import InvalidError, LimitError
from core.ids import new_id
from tenants.documents import Document

_MAX_TEXT_BYTES = 1_000_000
_YAML = (".yaml", ".yml")


def make_folder(path: str) -> Path:
    """The folder, made when absent. Raises InvalidError when it cannot be."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidError(f"{folder} cannot be used as a folder to write to: {error.strerror}.") from error
    return folder


@contextmanager
def making_file(path: Path) -> Iterator[Path]:
    """The path of an unfinished file that takes its place when the block ends, and goes when it fails.

    The folder is made. Raises LimitError where there is no room or it may not be written.
    """
    unfinished = path.with_name(f".{path.name}.{new_id()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            yield unfinished
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise LimitError(f"{path} cannot be written: {error.strerror}. Nothing was changed.") from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file as a whole: a reader never sees half of it. Raises InvalidError when it cannot be written."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InvalidError(f"{path} cannot be written: {error.strerror}.") from error


def write_documents(path: str, documents: Sequence[Document], progress: Callable[[str], None]) -> list[str]:
    """Write one YAML file for each document; returns their paths. Raises InvalidError."""
    folder = make_folder(path)
    files: list[str] = []
    for document in documents:
        file = folder / f"{document.name}.yaml"
        write_file(file, document.text.encode())
        progress(f"{file.name}, version {document.version}")
        files.append(str(file))
    return files


def read_yaml_files(path: Path) -> dict[str, str]:
    """The texts of a YAML file, or of those directly in a folder, by file name. Raises InvalidError."""
    if not path.exists():
        raise InvalidError(f"There is no file or folder {path}.")
    found = sorted(one for one in path.iterdir() if one.suffix in _YAML) if path.is_dir() else [path]
    if not found:
        raise InvalidError(f"{path} holds no .yaml or .yml file.")
    return {file.name: _read_text(file) for file in found}


def _read_text(file: Path) -> str:
    try:
        if file.stat().st_size > _MAX_TEXT_BYTES:
            raise InvalidError(f"{file.name} is larger than {_MAX_TEXT_BYTES:,} bytes; such a file is written by hand.")
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidError(f"{file.name} is not UTF-8 text (byte {error.start}).") from error
    except OSError as error:
        raise InvalidError(f"{file.name} cannot be read: {error.strerror}.") from error
