"""The metadata's schema: what the migrations build is what the models say, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from tenants.metadata import Metadata
from tenants.schema import Base
from tests.postgresql import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'm.sqlite3'}"
    cluster: Cluster = request.getfixturevalue("postgresql")
    return cluster.new_database(template="template0")


def test_the_migrations_build_what_the_models_say(empty: str) -> None:
    metadata = Metadata(empty)
    metadata.migrate()
    with metadata.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    metadata.close()


def test_migrating_twice_changes_nothing_and_an_older_schema_is_brought_up(empty: str) -> None:
    metadata = Metadata(empty)
    metadata.migrate()
    metadata.migrate()
    with metadata.engine.begin() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        tables = set(inspect(connection).get_table_names())
    assert version == newest_revision()
    assert set(Base.metadata.tables) <= tables
    metadata.close()


def newest_revision() -> str:
    """The revision of the last file of the chain."""
    folder = Path(__file__).resolve().parents[2] / "tenants" / "migrations" / "versions"
    return max(path.name[:4] for path in folder.glob("[0-9]*.py"))


def test_processes_that_start_together_on_one_database_migrate_it_once(postgresql: Cluster) -> None:
    address = postgresql.new_database(template="template0")
    started = [Metadata(address) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Metadata.migrate, started))
    with started[0].engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    for metadata in started:
        metadata.close()
