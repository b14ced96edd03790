"""MySQL and MariaDB: the connection goes to the address that was checked, the certificate is held to the name."""

import socket
import ssl
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from core.errors import InvalidError

PORT = 3306
OPTIONS = frozenset({"sslmode"})
_TIMEOUT_S = 10
_READ_TIMEOUT_S = 600
_SSL_MODES = ("disable", "require", "verify-full")


def open_mysql(url: URL, address: str) -> sa.Engine:
    """An engine for reading in UTC; `address` is where its host is. Raises InvalidError."""
    secure = _secure(str(url.query.get("sslmode", "disable")))

    def connect() -> Any:
        import pymysql
        from pymysql.constants import CLIENT

        connection = pymysql.connect(
            host=url.host or "",
            port=url.port or PORT,
            user=url.username,
            password=url.password or "",
            database=url.database,
            charset="utf8mb4",
            init_command="SET SESSION time_zone = '+00:00'",
            read_timeout=_READ_TIMEOUT_S,
            # A server's file, not one of this machine: LOCAL INFILE stays off.
            local_infile=False,
            client_flag=CLIENT.FOUND_ROWS,
            ssl=secure,
            defer_connect=True,
        )
        try:
            reached = socket.create_connection((address, url.port or PORT), timeout=_TIMEOUT_S)
        except OSError as error:
            told = f"Can't connect to {url.host}: {error.strerror or error}"
            raise pymysql.err.OperationalError(2003, told) from None
        reached.settimeout(None)
        connection.connect(sock=reached)
        connection.cursor().execute("SET SESSION TRANSACTION READ ONLY")
        return connection

    return sa.create_engine(
        "mysql+pymysql://",
        creator=connect,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
    )


def _secure(mode: str) -> ssl.SSLContext | None:
    if mode not in _SSL_MODES:
        raise InvalidError(f"The URL's sslmode is {mode!r}. Allowed: {', '.join(_SSL_MODES)}.")
    if mode == "disable":
        return None
    context = ssl.create_default_context()
    if mode == "require":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
