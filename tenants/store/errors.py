"""What can go wrong with a store, and how the engine's own words become a message.

UserError
├── ConflictError
│   ├── ExtractGone      rows kept in memory are of other data, or there no longer
│   └── StoreBusy        another process holds the file
├── LimitError           time, memory, rows or disk ran out
├── RefusedError         the engine refuses what its lock forbids
└── StoreFault           the file cannot be read: damaged, or written with another key
"""

import duckdb

from core.errors import AppError, ConflictError, InternalError, InvalidError, LimitError, RefusedError, UserError

_ASKED_WRONGLY = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
    duckdb.ParserException,
)


class ExtractGone(ConflictError):
    """Rows that were kept in memory are of other data than those of now, or there no longer; ask the data instead."""


class StoreBusy(ConflictError):
    """Another process holds the store's file."""

    code = "store_busy"


class StoreFault(UserError):
    """The store's file cannot be read."""

    code = "store_fault"
    status = 503


def open_error(error: duckdb.Error, slug: str) -> AppError:
    """The error to raise when the store of tenant `slug` cannot be opened."""
    text = str(error)
    if ("lock" in text.lower() and "another" in text.lower()) or "Conflicting lock" in text:
        return StoreBusy(
            f"The store of {slug} is held by another process. Stop it, or use it through its pages or API."
        )
    if "encryption key" in text.lower() or "decrypt" in text.lower() or "Wrong encryption" in text:
        return StoreFault(f"The store of {slug} was written with another key. Nothing was changed.")
    return StoreFault(f"The store of {slug} cannot be opened: {text.splitlines()[0]}. Nothing was changed.")


def query_error(error: duckdb.Error, *, timeout_s: float) -> AppError:
    """The error to raise when a statement fails; an unforeseen one is an InternalError."""
    first = str(error).splitlines()[0]
    if isinstance(error, duckdb.InterruptException):
        return LimitError(f"The query was stopped after {timeout_s:g} s. Narrow the dates, or split by less.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return _out_of_space(first)
    if isinstance(error, duckdb.IOException) and ("space" in first.lower() or "write" in first.lower()):
        return LimitError(f"The disk is full or cannot be written ({first}). The store is as it was before.")
    if isinstance(error, duckdb.PermissionException):
        return RefusedError(f"The store refuses this: {first}")
    if isinstance(error, _ASKED_WRONGLY):
        return InvalidError(f"The store cannot answer this: {first}")
    return InternalError(first)


def _out_of_space(first: str) -> LimitError:
    if "disk" in first.lower() or ("temp" in first.lower() and "max" in first.lower()):
        return LimitError(f"The query needs more temporary disk space than there is ({first}).")
    return LimitError(f"The query needs more memory than this tenant may use ({first}). Narrow it, or split by less.")
