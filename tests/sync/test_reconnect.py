"""A source that is connected again, and one that is forgotten with or without its tables."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.errors import AccessRevokedError, IdentityChangedError
from core.errors import ConflictError, ForbiddenError, InvalidError
from core.outbound import OutboundRefused
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.sync.job import run_sync
from services.sync.runs import RunStatus, SyncRun
from services.sync.sources import Source, change_source, remove_source, require_source, save_source
from tenants.access import Principal, operator
from tests.sync.conftest import in_order
from tests.sync.plants import Row, SqlitePlant, deal
from tests.sync.vendors.stripe import StripePlant

Connect = Callable[[], Source]
Sync = Callable[[], SyncRun]
Stored = Callable[[], list[Row]]


@pytest.mark.parametrize("plant", ["stripe"], indirect=True)
def test_a_revoked_source_is_connected_again_and_goes_on_where_it_stood(
    platform: Platform, asking: Principal, plant: StripePlant, connect: Connect, sync: Sync, stored: Stored
) -> None:
    plant.put([deal(1), deal(2)])
    connect()
    sync()
    plant.put([deal(3)])
    plant.token = "tok-new-secret"
    assert sync().code == AccessRevokedError.code
    with pytest.raises(AccessRevokedError):
        change_source(platform, asking, "crm", {"key": "tok-wrong"})
    plant.account = 999
    with pytest.raises(IdentityChangedError, match="connected to Stripe account acct_4242 and now answers as"):
        change_source(platform, asking, "crm", {"key": plant.token})
    assert sync().code == AccessRevokedError.code
    plant.account = 4242
    change_source(platform, asking, "crm", {"key": plant.token})
    run = sync()
    assert (run.status, run.counts.added) == (RunStatus.DONE, 1)
    assert in_order(stored()) == in_order(plant.rows())
    with platform.session() as session:
        assert session.execute(text("SELECT count(*) FROM secrets")).scalar() == 1
        assert "tok-new" not in str(session.execute(text("SELECT * FROM audit_events")).all())


@pytest.mark.parametrize("plant", ["stripe"], indirect=True)
def test_a_kept_secret_is_not_sent_to_another_address_nor_an_operators_reach_taken_over(
    platform: Platform, asking: Principal, plant: StripePlant, connect: Connect
) -> None:
    connect()
    plant.server.requests.clear()
    with pytest.raises(InvalidError, match="key: Field required"):
        change_source(platform, asking, "crm", {"base_url": plant.server.address + "/"})
    member = add_member(platform, asking, email="ann@example.com", name="Ann", role="admin")
    with pytest.raises(OutboundRefused):
        change_source(platform, member, "crm", {"key": plant.token})
    assert plant.server.requests == []
    assert require_source(platform, asking, "crm").is_operators
    other = operator(create_tenant(platform, slug="other", name="Other"))
    with pytest.raises(ForbiddenError, match="no source crm"):
        change_source(platform, other, "crm", {"key": plant.token})


def test_a_forgotten_source_keeps_its_tables_or_drops_them_with_their_history(
    platform: Platform, asking: Principal, tmp_path: Path
) -> None:
    plant = SqlitePlant(tmp_path)
    plant.put([deal(1), deal(2)])

    def connected() -> None:
        save_source(platform, asking, name="crm", kind="sql", values=plant.values)
        assert run_sync(platform, asking, "crm").status in {RunStatus.DONE, RunStatus.FAILED}

    store = platform.store(asking.tenant)
    connected()
    plant.put([deal(1, "Changed", minute=5)])
    run_sync(platform, asking, "crm")
    before = store.watermark().version
    assert remove_source(platform, asking, "crm", drops_tables=True) == ["deals"]
    assert (store.schema(), store.history_rows(), store.streams()) == ({}, {}, [])
    assert store.watermark().version > before
    connected()
    assert store.row_counts() == {"deals": 2}
    assert remove_source(platform, asking, "crm") == []
    assert store.row_counts() == {"deals": 2}
    connected()
    with platform.syncs.claim(require_source(platform, asking, "crm").id, "crm"), pytest.raises(ConflictError):
        remove_source(platform, asking, "crm", drops_tables=True)
    assert store.row_counts() == {"deals": 2}
