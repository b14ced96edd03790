"""The metadata's schema: what the migrations build is what the models say, on SQLite."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from tenants.metadata import Metadata
from tenants.schema import Base


def test_the_migrations_build_what_the_models_say(tmp_path: Path) -> None:
    metadata = Metadata(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    metadata.migrate()
    with metadata.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    metadata.close()


def test_migrating_twice_changes_nothing_and_an_older_schema_is_brought_up(tmp_path: Path) -> None:
    metadata = Metadata(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    metadata.migrate()
    metadata.migrate()
    with metadata.engine.begin() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        tables = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    assert version == "0001"
    assert set(Base.metadata.tables) <= tables
    metadata.close()
