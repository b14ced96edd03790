"""A tenant's rows as a database of their own, which brings itself up to a newer schema when it is restored."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, create_engine, insert

from tenants.all_tables import ALL_TABLES
from tenants.backup.rows import FLEETING, copy_rows
from tenants.metadata import Metadata


def write_snapshot(metadata: Metadata, tenant_id: str, path: Path) -> int:
    """Write a tenant's rows, all of one moment, into a new SQLite file; returns how many."""
    target = create_engine(f"sqlite:///{path}")
    try:
        ALL_TABLES.create_all(target)
        with _one_moment(metadata.engine) as source, target.begin() as connection:
            version = MetaData()
            version.reflect(source, only=["alembic_version"])
            table = version.tables["alembic_version"]
            table.create(connection)
            connection.execute(insert(table).values(version_num=metadata.version()))
            return copy_rows(source, connection, tenant_id, but=FLEETING)
    finally:
        target.dispose()


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the rows as they are now, whatever others write meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Python's driver would begin a transaction at the first write only.
            connection.exec_driver_sql("BEGIN")
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
