"""The metadata's schema: what the migrations build is what the models say, on SQLite and on PostgreSQL."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect, text

import tenants
from tenants.access.grants import Level
from tenants.all_tables import ALL_TABLES
from tenants.metadata import Metadata, MetadataFault
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
        assert compare_metadata(MigrationContext.configure(connection), ALL_TABLES) == []
    metadata.close()


def test_migrating_twice_changes_nothing_and_an_older_schema_is_brought_up(empty: str) -> None:
    metadata = Metadata(empty)
    metadata.migrate()
    metadata.migrate()
    with metadata.engine.begin() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        tables = set(inspect(connection).get_table_names())
    assert version == newest_revision()
    assert set(ALL_TABLES.tables) <= tables
    metadata.close()


def test_who_might_see_a_notebook_before_may_still_comment_on_it(tmp_path: Path) -> None:
    metadata = Metadata(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    metadata.migrate()
    config = Config()
    config.set_main_option("script_location", str(Path(tenants.__file__).parent / "migrations"))
    with metadata.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0024")
    with metadata.engine.connect() as connection:
        # No tenant is needed to tell what becomes of a level.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("INSERT INTO grants (id, tenant_id, level) VALUES ('a', 't', 1), ('b', 't', 2)")
        connection.commit()
    metadata.migrate()
    with metadata.engine.connect() as connection:
        levels = connection.execute(text("SELECT level FROM grants ORDER BY id")).scalars().all()
    metadata.close()
    assert levels == [Level.COMMENT, Level.EDIT]


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


def test_a_damaged_database_is_named_with_the_reason_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "m.sqlite3"
    file.write_bytes(damaged := b"not a database at all, but long enough to have a header " * 40)
    metadata = Metadata(f"sqlite:///{file}")
    with pytest.raises(MetadataFault, match=r"m\.sqlite3 cannot be used \(file is not a database\)"):
        metadata.migrate()
    metadata.close()
    assert file.read_bytes() == damaged


def test_a_database_without_room_is_named_with_the_reason(tmp_path: Path) -> None:
    metadata = Metadata(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    event.listen(metadata.engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 3"))
    with pytest.raises(MetadataFault, match="database or disk is full"):
        metadata.migrate()
    metadata.close()


def test_an_address_with_a_password_is_shown_without_it() -> None:
    metadata = Metadata("postgresql+psycopg://plumbline:quite-secret@127.0.0.1:1/plumbline")
    with pytest.raises(MetadataFault) as caught:
        metadata.migrate()
    metadata.close()
    assert "127.0.0.1:1/plumbline" in caught.value.message
    assert "quite-secret" not in caught.value.message


def test_a_connection_that_is_in_use_when_all_are_closed_is_closed_with_its_session(empty: str) -> None:
    metadata = Metadata(empty)
    closed: list[object] = []
    event.listen(metadata.engine, "close", lambda connection, _record: closed.append(connection))
    with metadata.session() as session:
        session.execute(text("SELECT 1"))
        used = session.connection().connection.dbapi_connection
        metadata.close()
        assert used not in closed
    assert used in closed


def test_a_schema_brings_the_tables_its_keys_refer_to() -> None:
    # A process loads only the schemas it uses: here each is the only one.
    names = sorted(path.stem for path in Path(tenants.__file__).parent.glob("*_schema.py"))
    code = f"""
import importlib, sys
for name in {names!r}:
    for loaded in [one for one in sys.modules if one.startswith("tenants.") and one.endswith("schema")]:
        del sys.modules[loaded]
    importlib.import_module(f"tenants.{{name}}")
    print(name, len(sys.modules["tenants.schema"].Base.metadata.sorted_tables))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert said.stderr == ""
    assert [line.split()[0] for line in said.stdout.splitlines()] == names
