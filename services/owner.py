"""Which process holds a data folder. A store's file has one process at a time, so a second one goes through the first.

The holder keeps an exclusive lock on `owner.lock`; a server writes beside it where it listens and a token that only
the folder's owner can read. A command that finds the folder held by a server hands itself over to it.
"""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from core.errors import ConflictError, UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The process that holds a data folder. `port` is 0 and `token` empty for a command that does not listen."""

    pid: int
    port: int = 0
    token: str = ""


class FolderLock:
    """The exclusive right to the stores of a data folder, held from `acquire` until `release` or the process's end."""

    def __init__(self, folder: Path) -> None:
        self._lock_file = folder / "owner.lock"
        self._owner_file = folder / "owner.json"
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the folder if it is free. Raises UserError where it cannot be made or written."""
        try:
            return self._acquire()
        except OSError as error:
            raise UserError(
                f"The data folder {self._lock_file.parent} cannot be used ({error.strerror}). See that its disk has "
                "space and that you may write there, or choose another --data."
            ) from error

    def _acquire(self) -> bool:
        self._lock_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        self.announce(Owner(pid=os.getpid()))
        return True

    def announce(self, owner: Owner) -> None:
        """Tell other processes who holds the folder and where it can be reached."""
        temporary = self._owner_file.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(owner), file)
        temporary.replace(self._owner_file)

    def holder(self) -> Owner | None:
        """The process that announced itself last; None when nobody has."""
        try:
            return Owner(**json.loads(self._owner_file.read_text()))
        except (FileNotFoundError, json.JSONDecodeError, TypeError):
            return None

    def release(self) -> None:
        """Give the folder back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        if not self.acquire():
            holder = self.holder()
            who = f"process {holder.pid}" if holder else "another process"
            raise ConflictError(f"The data folder is held by {who}. Wait until it has ended, or choose another --data.")
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
