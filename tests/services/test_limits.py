"""What one tenant may use: each limit stops with a sentence, and nothing of another tenant is felt."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from core.errors import InvalidError, LimitError
from core.settings import Settings
from services.imports import load_tables
from services.limits import find_storage, set_limits
from services.members import deactivate_member, find_member_id, invite_member, reactivate_member
from services.organisation import create_tenant, describe_tenants, list_members
from services.platform import Platform
from services.scim.directory import set_active
from services.signin import sign_in_with_password
from services.usage import monthly_statement
from tenants.schema import MemberRow
from tenants.seats import SeatsTaken
from tenants.store.errors import StoreFault
from tenants.usage import UsageItem
from tests.services.custody import PASSWORD, fill_tenant, load_deals, state_of
from tests.services.deliveries.conftest import MovingClock


def test_a_load_beyond_the_disk_is_refused_and_nothing_is_changed(platform: Platform) -> None:
    admin, other = fill_tenant(platform), fill_tenant(platform, "other")
    set_limits(platform, admin.tenant, {"disk_mb": 2})
    wide = pa.table({"id": list(range(300_000)), "text": [f"{number * 7919:x}" for number in range(300_000)]})
    with pytest.raises(LimitError, match=r"of the 2\.1 MB it may"):
        load_tables(platform, admin, {"wide": wide})
    assert state_of(platform, "acme")["rows"] == {"deals": 3}
    load_tables(platform, other, {"wide": wide})
    set_limits(platform, admin.tenant, {"disk_mb": 50})
    load_tables(platform, admin, {"wide": wide})
    assert find_storage(platform, admin).bytes_stored == platform.bytes_stored(admin.tenant) > 2_000_000


def test_a_tenants_own_limits_of_rows_and_time_hold_for_it_alone(platform: Platform) -> None:
    admin, other = fill_tenant(platform, rows=10), fill_tenant(platform, "other", rows=10)
    set_limits(platform, admin.tenant, {"max_rows": 5, "timeout_s": 0.2})
    store = platform.store(admin.tenant)
    with pytest.raises(LimitError, match="more than 5 rows"):
        store.query("SELECT * FROM deals")
    with pytest.raises(LimitError, match=r"stopped after 0\.2 s"):
        store.query("SELECT count(*) FROM range(100000) a, range(100000) b, range(1000) c WHERE a.range + b.range > 5")
    assert platform.store(other.tenant).query("SELECT * FROM deals")[0].num_rows == 10
    assert set_limits(platform, admin.tenant, {"max_rows": None}).max_rows == platform.settings.query_max_rows


@pytest.mark.parametrize(
    ("own", "reason"),
    [
        ({"memory_mb": 10}, "at least 64"),
        ({"threads": 0}, "above 0"),
        ({"speed": 3}, "not a limit"),
        ({"seats": 0}, "seats is 0; it must be a whole number above 0"),
    ],
)
def test_limits_that_cannot_be_are_refused(platform: Platform, own: dict[str, int], reason: str) -> None:
    admin = fill_tenant(platform)
    with pytest.raises(InvalidError, match=reason):
        set_limits(platform, admin.tenant, own)
    assert find_storage(platform, admin).limits.memory_mb == platform.settings.store_memory_mb


def test_no_more_stores_stay_open_than_the_limit_and_each_still_answers(settings: Settings) -> None:
    platform = Platform(settings.model_copy(update={"open_stores": 2}))
    try:
        admins = [fill_tenant(platform, f"t{number}", rows=number + 1) for number in range(4)]
        held = platform.store(admins[0].tenant)
        for number, admin in enumerate(admins):
            assert platform.store(admin.tenant).row_counts() == {"deals": number + 1}
            assert platform.stores.open_count <= 2
        assert not held.is_open
        # One who holds the store from before finds it open again.
        assert held.row_counts() == {"deals": 1}
    finally:
        platform.close()


def test_a_store_in_use_is_not_closed_by_the_limit(settings: Settings) -> None:
    platform = Platform(settings.model_copy(update={"open_stores": 1}))
    try:
        first, second = fill_tenant(platform), fill_tenant(platform, "other")
        store = platform.store(first.tenant)
        with store.hold():
            platform.store(second.tenant)
            assert store.is_open
    finally:
        platform.close()


def test_a_store_is_opened_in_the_folder_of_its_region_only(settings: Settings, tmp_path: Path) -> None:
    eu, us = tmp_path / "eu", tmp_path / "us"
    regional = settings.model_copy(update={"regions": f"eu={eu}, us={us}"})
    platform = Platform(regional)
    with pytest.raises(InvalidError, match=r"not a region.*eu, us"):
        create_tenant(platform, slug="acme", name="Acme", region="asia")
    tenant = create_tenant(platform, slug="acme", name="Acme", region="eu")
    platform.store(tenant).row_counts()
    assert platform.staging_folder(tenant) == eu / "stores" / "staging"
    assert [path.name for path in (eu / "stores").glob("*/store.duckdb")] == ["store.duckdb"]
    assert not list(settings.folder.glob("stores/*/store.duckdb"))
    platform.close()
    elsewhere = Platform(settings)
    with pytest.raises(StoreFault, match=r"region 'eu', for which PLUMBLINE_REGIONS names no folder"):
        elsewhere.store(tenant)
    assert "region 'eu'" in str(describe_tenants(elsewhere)[0]["state"])
    elsewhere.close()
    folder = eu / "stores" / tenant.id
    (us / "stores").mkdir(parents=True)
    folder.rename(us / "stores" / tenant.id)
    folder.symlink_to(us / "stores" / tenant.id)
    again = Platform(regional)
    with pytest.raises(StoreFault, match="leads out of the region 'eu'"):
        again.store(tenant)
    again.close()


def test_the_statement_of_a_month_is_what_the_log_adds_up_to(platform: Platform) -> None:
    admin = fill_tenant(platform)
    load_deals(platform, admin, 4)
    statement = monthly_statement(platform, admin)
    assert statement.differs == ()
    assert statement.amounts[UsageItem.ROWS_LOADED] == 7
    assert statement.amounts[UsageItem.SEATS] == find_storage(platform, admin).seats == 1


def test_nobody_becomes_one_more_than_the_plan_has_seats_for(platform: Platform) -> None:
    admin, other = fill_tenant(platform), fill_tenant(platform, "other")
    set_limits(platform, admin.tenant, {"seats": 2})
    invite_member(platform, admin, email="bob@acme.example", name="Bob", role="analyst")
    bob = find_member_id(platform, admin, "bob@acme.example")
    with pytest.raises(SeatsTaken, match="Acme has 2 seats, and all are taken"):
        invite_member(platform, admin, email="eve@acme.example", name="Eve", role="analyst")
    deactivate_member(platform, admin, bob)
    invite_member(platform, admin, email="eve@acme.example", name="Eve", role="analyst")
    with pytest.raises(SeatsTaken):
        reactivate_member(platform, admin, bob)
    with pytest.raises(SeatsTaken), platform.session() as session:
        set_active(session, admin, session.get_one(MemberRow, bob), is_active=True, now=platform.clock())
    assert sorted(member.email for member in list_members(platform, admin.tenant)) == [
        "ann@acme.example",
        "eve@acme.example",
    ]
    invite_member(platform, other, email="eve@other.example", name="Eve", role="analyst")
    statement = monthly_statement(platform, admin)
    assert (statement.amounts[UsageItem.SEATS], statement.differs) == (2, ())
    # One seat fewer than members: they stay, and who comes with the limit lifted is let in.
    set_limits(platform, admin.tenant, {"seats": 1})
    assert (find_storage(platform, admin).seats, find_storage(platform, admin).most_seats) == (2, 1)
    set_limits(platform, admin.tenant, {"seats": None})
    reactivate_member(platform, admin, bob)


def test_of_two_who_take_the_last_seat_at_once_one_is_refused(platform: Platform) -> None:
    admin = fill_tenant(platform)
    set_limits(platform, admin.tenant, {"seats": 2})

    def invite(name: str) -> bool:
        try:
            invite_member(platform, admin, email=f"{name}@acme.example", name=name, role="analyst")
        except SeatsTaken:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(invite, ("bob", "eve", "ida", "joe"))) == 1
    assert find_storage(platform, admin).seats == 2


def test_a_month_without_a_change_of_members_counts_who_could_sign_in(settings: Settings) -> None:
    clock = MovingClock(now=dt.datetime(2026, 11, 27, tzinfo=dt.UTC))
    platform = Platform(settings, clock=clock)
    try:
        admin = fill_tenant(platform)
        clock.move(days=30)
        sign_in_with_password(platform, admin.email, PASSWORD)
        statement = monthly_statement(platform, admin)
        assert (statement.month, statement.amounts[UsageItem.SEATS], statement.differs) == ("2026-12", 1, ())
    finally:
        platform.close()


def test_what_a_query_spills_is_bounded_by_the_tenants_disk(platform: Platform) -> None:
    admin = fill_tenant(platform)
    set_limits(platform, admin.tenant, {"disk_mb": 5, "memory_mb": 64})
    asked = "SELECT current_setting('max_temp_directory_size') AS disk, current_setting('memory_limit') AS memory"
    found = platform.store(admin.tenant).query(asked)[0].to_pydict()
    assert found == {"disk": ["5.0 MiB"], "memory": ["64.0 MiB"]}
