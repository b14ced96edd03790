"""Whether a file stayed the same while it was read."""

import stat
from dataclasses import dataclass
from pathlib import Path

from connectors.errors import StillWrittenError, UnreadableError, unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What tells two states of a file apart; `size` is in bytes."""

    size: int
    modified_ns: int
    inode: int


def take_snapshot(path: Path, name: str) -> Snapshot:
    """The state of a regular file now. Raises UnreadableError for everything else."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise unreadable(name, "there is no such file. Check the path.") from None
    except PermissionError:
        raise unreadable(name, "reading it is not permitted. Allow it for the user that runs this program.") from None
    except (OSError, RuntimeError) as error:
        raise unreadable(name, f"it cannot be opened ({_reason(error)}).") from None
    if not stat.S_ISREG(found.st_mode):
        raise unreadable(name, "it is not a regular file.")
    return Snapshot(size=found.st_size, modified_ns=found.st_mtime_ns, inode=found.st_ino)


def ensure_unchanged(path: Path, name: str, before: Snapshot) -> None:
    """Raises StillWrittenError when the file is no longer as it was."""
    try:
        after = take_snapshot(path, name)
    except UnreadableError:
        raise _still_written(name, "it was removed or replaced while it was read") from None
    if after != before:
        change = f"from {before.size:,} to {after.size:,} bytes" if after.size != before.size else "in place"
        raise _still_written(name, f"it changed {change} while it was read")


def _still_written(name: str, what: str) -> StillWrittenError:
    return StillWrittenError(
        f"{name}: still being written: {what}. Try again when it is complete.", data={"file": name}
    )


def _reason(error: OSError | RuntimeError) -> str:
    return (error.strerror or "unknown reason").lower() if isinstance(error, OSError) else str(error)
