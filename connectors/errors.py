"""What can go wrong while data is read from a source.

SourceError (UserError)
├── TransientSourceError        trying again later may succeed
│   ├── SourceBusyError         asked to wait, perhaps for a time that the source names
│   ├── StillWrittenError       a file changed while it was read
│   └── StagingFullError        there was no room to stage the data
└── TerminalSourceError         fails again until somebody changes the source
    ├── AccessRevokedError      the source does not let us in any more: somebody must reconnect it
    ├── IdentityChangedError    the source answers with another account's data
    ├── UnreadableError         missing, not allowed, a loop of links, encrypted, not a file
    ├── MalformedError          the content breaks its format: has file, row, line and column where they apply
    └── SourceLimitError        larger than a documented limit, or a decompression bomb

Every message says which file, and where in it. `data` holds the same for machines: `file`, `row`, `line`, `column`.
A row is counted as a spreadsheet shows it: the header is row 1. A line is a physical line of a text file.
"""

import errno
from dataclasses import dataclass

from core.errors import UserError

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})


class SourceError(UserError):
    """Data could not be read from a source."""

    code = "source_failed"
    status = 422


class TransientSourceError(SourceError):
    """Trying again later may succeed."""

    code = "source_transient"
    status = 503


class SourceBusyError(TransientSourceError):
    """The source asks to wait; `retry_after_s` is how long, None where it does not say."""

    code = "source_busy"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StillWrittenError(TransientSourceError):
    """A file changed while it was read."""

    code = "source_still_written"


class StagingFullError(TransientSourceError):
    """There was no room to stage the data."""

    code = "staging_full"
    status = 507


class TerminalSourceError(SourceError):
    """Fails again until somebody changes the source."""

    code = "source_terminal"


class AccessRevokedError(TerminalSourceError):
    """The credentials are not accepted any more."""

    code = "source_revoked"


class IdentityChangedError(TerminalSourceError):
    """The source answers with the data of another account than before."""

    code = "source_identity_changed"


class UnreadableError(TerminalSourceError):
    """The file is missing, not allowed, encrypted, or not a file."""

    code = "source_unreadable"


class MalformedError(TerminalSourceError):
    """The content breaks the rules of its format."""

    code = "source_malformed"


class SourceLimitError(TerminalSourceError):
    """The source is larger than a documented limit."""

    code = "source_limit"
    status = 413


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a file something is wrong; what does not apply is None."""

    file: str
    row: int | None = None
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.row is not None:
            parts.append(f"row {self.row:,}" + (f" (line {self.line:,})" if self.line is not None else ""))
        elif self.line is not None:
            parts.append(f"line {self.line:,}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def data(self) -> dict[str, object]:
        """The same for machines, without what does not apply."""
        known = {"file": self.file, "row": self.row, "line": self.line, "column": self.column}
        return {key: value for key, value in known.items() if value is not None}


def malformed(place: Place, problem: str) -> MalformedError:
    """An error that says where, then what."""
    return MalformedError(f"{place}: {problem}", data=place.data())


def unreadable(file: str, problem: str) -> UnreadableError:
    """An error for a file that cannot be read at all."""
    return UnreadableError(f"{file}: {problem}", data={"file": file})


def over_limit(place: Place, problem: str) -> SourceLimitError:
    """An error for a file that is larger than a limit."""
    return SourceLimitError(f"{place}: {problem}", data=place.data())


def is_disk_full(error: OSError) -> bool:
    """Whether an operating system error means that there was no room to write."""
    return error.errno in _FULL
