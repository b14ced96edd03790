"""What a database's errors mean: worth another try, or something that somebody must change."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy.exc

from connectors.errors import AccessRevokedError, SourceError, TerminalSourceError, TransientSourceError

# Classes of SQLSTATE (PostgreSQL, appendix A) that pass by themselves: connections, rollbacks, resources, intervention.
_PASSING = ("08", "40", "53", "55", "57", "58")
_REVOKED = ("28", "42501")
_REVOKED_WORDS = ("authentication failed", "permission denied", "no pg_hba.conf entry", "role ")
# MySQL and MariaDB tell by number: too many connections, shutting down, lost, locks; and who has no access.
_PASSING_NUMBERS = frozenset({1040, 1053, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 2003, 2006, 2013})
_REVOKED_NUMBERS = frozenset({1044, 1045, 1142, 1143, 1227, 1698, 4151})
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
    number = getattr(error.orig, "args", (None,))[0] if len(getattr(error.orig, "args", ())) > 1 else None
    if isinstance(number, int):
        return _numbered(where, number, str(error.orig.args[1] if error.orig else ""))
    state = str(getattr(error.orig, "sqlstate", None) or "")
    words = " ".join(said).lower()
    if state.startswith(_REVOKED) or (not state and any(word in words for word in _REVOKED_WORDS)):
        return AccessRevokedError(f"{where} does not let us in: {text}. {_RECONNECT}")
    if state.startswith(_PASSING):
        return TransientSourceError(f"{where} cannot be read just now: {text}")
    if state or any(word in words for word in _TERMINAL_WORDS):
        return TerminalSourceError(f"{where}: {text}")
    return TransientSourceError(f"{where} cannot be read just now: {text}")


def _numbered(where: str, number: int, said: str) -> SourceError:
    if number in _REVOKED_NUMBERS:
        return AccessRevokedError(f"{where} does not let us in: {said}. {_RECONNECT}")
    if number in _PASSING_NUMBERS:
        return TransientSourceError(f"{where} cannot be read just now: {said}")
    return TerminalSourceError(f"{where}: {said}")
