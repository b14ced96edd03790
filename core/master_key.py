"""Where the master key comes from: the environment, a command (a key management service's client), or a file.

A rotation of a key kept in a file writes the new one beside it as `<file>.next`, wraps every key anew in one
transaction, and then renames. Whatever step it is killed at, `choose` finds the key that the data are wrapped with.
"""

import base64
import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

from core.errors import InvalidError
from core.secrets import KeyFault, Secret, load_or_create_key, parse_key
from core.settings import Settings

_COMMAND_TIMEOUT_S = 30


class MasterKeySource:
    """The configured place of the master key."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.file = settings.master_key_path

    @property
    def is_file(self) -> bool:
        """Whether the product itself can put a new key in place."""
        return self._settings.master_key is None and self._settings.master_key_command is None

    def load_or_create(self) -> Secret:
        """The key; a new one in the file where nothing is wrapped with any yet. Raises KeyFault."""
        return load_or_create_key(self.file) if self.is_file else self._load()

    def choose(self, fits: Callable[[Secret], bool]) -> Secret:
        """The key that the data are wrapped with. Raises KeyFault when it is missing, malformed or another one."""
        if self.is_file and not self.file.exists():
            raise KeyFault(
                f"The master key is missing: {self.file} is gone, and neither PLUMBLINE_MASTER_KEY nor "
                "PLUMBLINE_MASTER_KEY_COMMAND is set. Nothing was changed. Put the key back."
            )
        key = self._load()
        if fits(key):
            self._pending.unlink(missing_ok=True)
            return key
        if self.is_file and self._pending.exists():
            pending = parse_key(self._pending.read_text(), origin=str(self._pending))
            if fits(pending):
                self.finish()
                return pending
        raise KeyFault(
            "The master key is not the one this data was written with. Nothing was changed. "
            "Set PLUMBLINE_MASTER_KEY, or put back the data folder's master.key."
        )

    def prepare(self, key: Secret) -> None:
        """Write the next key beside the present one, on the disk before anything is wrapped with it."""
        self._pending.unlink(missing_ok=True)
        write_key(self._pending, key)

    def finish(self) -> None:
        """Put the next key in place. The one before is kept, because earlier backups are wrapped with it."""
        retired = self.file.with_name(f"{self.file.name}.retired")
        number = 1
        while retired.exists():
            number += 1
            retired = self.file.with_name(f"{self.file.name}.retired-{number}")
        os.link(self.file, retired)
        self._pending.replace(self.file)
        _sync_folder(self.file.parent)

    def retired(self) -> list[Secret]:
        """The keys that were in the file before this one, newest first."""
        files = sorted(self.file.parent.glob(f"{self.file.name}.retired*"), key=lambda one: one.stat().st_mtime)
        return [parse_key(file.read_text(), origin=str(file)) for file in reversed(files)] if self.is_file else []

    @property
    def _pending(self) -> Path:
        return self.file.with_name(f"{self.file.name}.next")

    def _load(self) -> Secret:
        if self._settings.master_key is not None:
            return parse_key(self._settings.master_key.get_secret_value(), origin="PLUMBLINE_MASTER_KEY")
        if self._settings.master_key_command is not None:
            return _run(self._settings.master_key_command)
        return parse_key(self.file.read_text(), origin=str(self.file))


def load_key_file(path: Path) -> Secret:
    """A key from a file that a person names. Raises KeyFault, InvalidError."""
    try:
        return parse_key(path.read_text(), origin=str(path))
    except OSError as error:
        raise InvalidError(f"The key file {path} cannot be read: {error.strerror}.") from error


def write_key(path: Path, key: Secret) -> None:
    """Write a key to a new file that its owner alone can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(key.reveal()))
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _run(command: str) -> Secret:
    """The key that a command prints. What it says on standard error is not shown: it may hold parts of the key."""
    origin = "the answer of PLUMBLINE_MASTER_KEY_COMMAND"
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own setting, not run by a shell
            shlex.split(command), capture_output=True, timeout=_COMMAND_TIMEOUT_S, check=True, text=True
        )
    except subprocess.CalledProcessError as error:
        raise KeyFault(f"PLUMBLINE_MASTER_KEY_COMMAND ended with {error.returncode}. Nothing was changed.") from error
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise KeyFault(f"PLUMBLINE_MASTER_KEY_COMMAND cannot be run: {type(error).__name__}.") from error
    return parse_key(done.stdout, origin=origin)
