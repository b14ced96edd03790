"""A tenant with a planted source of each kind, and what tests of syncs say again and again."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.names import identifier
from services.organisation import create_tenant
from services.platform import Platform
from services.sync.job import run_sync
from services.sync.runs import SyncRun
from services.sync.sources import Source, save_source
from tenants.access import Principal, operator
from tests.mariadb import MariaDb
from tests.postgresql import Cluster
from tests.sync.mariadb_plant import MariaDbPlant
from tests.sync.plants import FilePlant, Plant, PostgresqlPlant, Row, SqlitePlant, wish_for
from tests.sync.vendors.google_sheets import SheetsPlant
from tests.sync.vendors.hubspot import HubSpotPlant
from tests.sync.vendors.notion import NotionPlant
from tests.sync.vendors.pipedrive import PipedrivePlant
from tests.sync.vendors.plant import ApiPlant
from tests.sync.vendors.rest import RestPlant
from tests.sync.vendors.salesforce import SalesforcePlant
from tests.sync.vendors.stripe import StripePlant

APIS: dict[str, type[ApiPlant]] = {
    one.kind: one
    for one in (HubSpotPlant, NotionPlant, PipedrivePlant, RestPlant, SalesforcePlant, SheetsPlant, StripePlant)
}
KINDS = ["files", "sqlite", "postgresql", "mariadb", *APIS]


@pytest.fixture
def asking(platform: Platform) -> Principal:
    """The operator, within a tenant."""
    return operator(create_tenant(platform, slug="acme", name="Acme"))


@pytest.fixture(params=KINDS)
def plant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Plant]:
    """An empty source of each kind."""
    made = _make(request.param, request, tmp_path)
    yield made
    made.close()


def _make(kind: str, request: pytest.FixtureRequest, folder: Path) -> Plant:
    if kind in APIS:
        return APIS[kind]()
    if kind == "files":
        return FilePlant(folder)
    if kind == "sqlite":
        return SqlitePlant(folder)
    if kind == "mariadb":
        server: MariaDb = request.getfixturevalue("mariadb")
        return MariaDbPlant(server.new_database())
    cluster: Cluster = request.getfixturevalue("postgresql")
    return PostgresqlPlant(cluster.new_database(template="template0"))


@pytest.fixture
def connect(platform: Platform, asking: Principal, plant: Plant) -> Callable[[], Source]:
    """Saves the planted source as `crm`; it needs a row to be recognised."""
    return lambda: save_source(
        platform, asking, name="crm", kind=plant.kind, values=plant.values, wishes=wish_for(plant)
    )


@pytest.fixture
def sync(platform: Platform, asking: Principal) -> Callable[[], SyncRun]:
    """Syncs `crm`; a wait between tries is over at once."""
    return lambda: run_sync(platform, asking, "crm", wait=lambda _: False)


@pytest.fixture
def stored(platform: Platform, asking: Principal, plant: Plant) -> Callable[[], list[Row]]:
    """The rows of the planted table as Python values, but for when they became valid."""

    def read() -> list[Row]:
        ask = f"SELECT * EXCLUDE (_valid_from) FROM {identifier(plant.stream)}"
        table, _ = platform.store(asking.tenant).query(ask)
        return [plant.stored({name: plain(value) for name, value in row.items()}) for row in table.to_pylist()]

    return read


def plain(value: object) -> object:
    """A moment in UTC, whether the source told its zone or not."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
    return value


def in_order(rows: list[Row]) -> list[Row]:
    """Rows by id, their values as plain ones."""
    return sorted(
        ({name: plain(value) for name, value in row.items()} for row in rows), key=lambda row: int(str(row["id"]))
    )
