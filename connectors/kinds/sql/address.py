"""From a database URL to an engine that may be used: which databases, which hosts, which files, which options."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from connectors.contract import Reach, SourceConfig
from connectors.errors import unreadable
from connectors.kinds.sql.config import Config
from connectors.kinds.sql.mysql import OPTIONS, PORT, open_mysql
from connectors.reach import require_allowed
from core.errors import InvalidError
from core.outbound import public_address

_CONNECT_TIMEOUT_S = 10
# Others, such as host or passfile, would lead somewhere else than the address says, or read files of this machine.
_OPTIONS = frozenset({"sslmode", "application_name", "connect_timeout"})
_KNOWN = {
    "mariadb": "MariaDB",
    "mysql": "MySQL",
    "postgres": "PostgreSQL",
    "postgresql": "PostgreSQL",
    "sqlite": "SQLite",
}


def describe(config: SourceConfig) -> str:
    """Which database it is, without user and password."""
    url = _parse(_own(config))
    name = _KNOWN[url.get_backend_name()]
    return f"{name} {Path(url.database or '').name}" if _is_file(url) else f"{name} {url.database} at {url.host}"


def open_engine(config: Config, reach: Reach) -> sa.Engine:
    """An engine for reading, whose errors tell no values. Raises InvalidError, RefusedError, OutboundRefused."""
    url = _parse(config)
    return _open_file(url, reach) if _is_file(url) else _open_server(url, reach)


def secret_texts(config: SourceConfig) -> tuple[str, ...]:
    """The address and the password in it: drivers may repeat either in a message."""
    own = _own(config)
    return tuple(text for text in (own.url.get_secret_value(), _parse(own).password) if text)


def _own(config: SourceConfig) -> Config:
    return Config.model_validate(config.model_dump())


def _parse(config: Config) -> URL:
    try:
        url = sa.make_url(config.url.get_secret_value())
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        # The text is a secret: it is not repeated.
        raise InvalidError(
            "The database URL cannot be read. It is like postgresql://user:password@host:5432/database."
        ) from None
    if backend not in _KNOWN:
        raise InvalidError(f"Databases of the kind {backend!r} are not read. Known: {', '.join(_KNOWN)}.")
    if not url.database:
        raise InvalidError("The database URL names no database behind the last slash.")
    return url


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _open_file(url: URL, reach: Reach) -> sa.Engine:
    path = Path(url.database or "").expanduser()
    if url.query or not path.is_absolute():
        raise InvalidError("A SQLite URL is sqlite:// and the absolute path of a file, without options.")
    path = require_allowed(path, reach)
    if not path.is_file():
        raise unreadable(path.name, "there is no such file.")
    address = URL.create("sqlite", database=f"file:{path.as_posix()}", query={"mode": "ro", "uri": "true"})
    return sa.create_engine(address, poolclass=NullPool, hide_parameters=True)


def _open_server(url: URL, reach: Reach) -> sa.Engine:
    is_mysql = url.get_backend_name() in {"mariadb", "mysql"}
    allowed, port = (OPTIONS, PORT) if is_mysql else (_OPTIONS, 5432)
    unknown = sorted(set(url.query) - allowed)
    if unknown and (is_mysql or not reach.is_operators):
        raise InvalidError(f"The URL's option {unknown[0]!r} is not allowed. Allowed: {', '.join(sorted(allowed))}.")
    host = (url.host or "").lower()
    address = None
    if not reach.is_operators and host not in reach.allowed_hosts:
        if not host or "," in host:
            raise InvalidError("The database URL names no single host.")
        # The name stays for the certificate's check; the connection goes to the address that was checked.
        address = public_address(host, url.port or port)
    if is_mysql:
        return open_mysql(url, address or host)
    arguments: dict[str, object] = {"connect_timeout": _CONNECT_TIMEOUT_S, "options": "-c timezone=UTC"}
    if address is not None:
        arguments["hostaddr"] = address
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args=arguments,
    )
