"""The metadata database: its engine, its migrations, and a session for each use case."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import UserError

_MIGRATIONS = Path(__file__).parent / "migrations"
# A migration's file begins with its revision: 0001_first_tables.py.
_NEWEST = max(path.name.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
# Any number that no other use of the database locks: "plumb" in ASCII.
_MIGRATING = 0x706C756D62


class MetadataFault(UserError):
    """The metadata database cannot be used: damaged, out of space, not writable, or not reachable."""

    code = "metadata_fault"
    status = 503


class Metadata:
    """The metadata database of one installation."""

    def __init__(self, address: str, *, info: Mapping[str, object] | None = None) -> None:
        """`info` is what every session carries: the clock, and `sign` of the audit log."""
        self.address = address
        self.engine = _create_engine(address)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info=dict(info or {}))

    def migrate(self) -> None:
        """Bring the schema to the newest version; does nothing where it is already. Raises MetadataFault."""
        if self.version() == _NEWEST:
            return
        # Loading Alembic takes longer than a whole command that finds the schema up to date.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self._naming_fault(), self.engine.begin() as connection:
            _wait_for_turn(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def version(self) -> str | None:
        """The version the schema is at; None for an empty database. Raises MetadataFault."""
        with self._naming_fault(), self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return version

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back when it raises."""
        with self._sessions.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads and changes nothing, for what is looked up with every question."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _naming_fault(self) -> Iterator[None]:
        """Turn what the database says at start into a sentence that names the database."""
        try:
            yield
        except DatabaseError as error:
            where = self.engine.url.database if self.engine.name == "sqlite" else self.engine.url
            raise MetadataFault(
                f"The metadata database {where} cannot be used ({error.orig}). See that its disk has space and that "
                "it can be written, or put back a copy of it."
            ) from error

    def close(self) -> None:
        """Close all connections; one that a thread still uses is closed when it is given back."""
        event.listen(self.engine, "checkin", _close_late)
        self.engine.dispose()


def _create_engine(address: str) -> Engine:
    url = make_url(address)
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if not url.drivername.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(address, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _wait_for_turn(connection: Connection) -> None:
    """Of several processes that start on one PostgreSQL, one migrates and the others find it done."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))


def _close_late(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.close()


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is deleted is overwritten: an erased tenant's key must not be left in a free page.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
