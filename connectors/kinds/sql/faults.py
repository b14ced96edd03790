"""What a database's errors mean: worth another try, or something that somebody must change."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy.exc

from connectors.errors import AccessRevokedError, SourceError, TerminalSourceError, TransientSourceError

# Classes of SQLSTATE (PostgreSQL, appendix A) that pass by themselves: connections, rollbacks, resources, intervention.
_PASSING = ("08", "40", "53", "55", "57", "58")
_REVOKED = ("28", "42501")
_REVOKED_WORDS = ("authentication failed", "permission denied", "no pg_hba.conf entry", "role ")
_TERMINAL_WORDS = ("no such table", "no such column", "not a database", "unable to open", "does not exist", "malformed")
_RECONNECT = "Somebody who may read the database must give the source working credentials."


@contextmanager
def faults_told(where: str) -> Iterator[None]:
    """Turn errors of the driver inside the block into SourceError, in one line and without the statement."""
    try:
        yield
    except sqlalchemy.exc.DBAPIError as error:
        raise _source_error(where, error) from None
    except sqlalchemy.exc.NoSuchTableError as error:
        raise TerminalSourceError(f"{where}: there is no table {error}. Choose the tables again.") from None


def _source_error(where: str, error: sqlalchemy.exc.DBAPIError) -> SourceError:
    said = str(error.orig).strip().splitlines()
    text = said[0] if said else type(error.orig).__name__
    state = str(getattr(error.orig, "sqlstate", None) or "")
    words = " ".join(said).lower()
    if state.startswith(_REVOKED) or (not state and any(word in words for word in _REVOKED_WORDS)):
        return AccessRevokedError(f"{where} does not let us in: {text}. {_RECONNECT}")
    if state.startswith(_PASSING):
        return TransientSourceError(f"{where} cannot be read just now: {text}")
    if state or any(word in words for word in _TERMINAL_WORDS):
        return TerminalSourceError(f"{where}: {text}")
    return TransientSourceError(f"{where} cannot be read just now: {text}")
