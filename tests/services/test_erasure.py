"""Erasure leaves no file and no key; an export holds all but secrets; a key is changed while its store is used."""

import json
import threading
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.errors import ForbiddenError, InvalidError, LimitError
from core.settings import Settings
from services.audit import verify_log
from services.backups import back_up
from services.erasure import erase_tenant
from services.keys import rotate_tenant
from services.organisation import add_member, describe_tenants
from services.platform import Platform
from services.signin import SigninRefused, find_principal, sign_in_with_password
from services.tenant_export import export_tenant
from tenants import directory
from tenants.store.errors import StoreFault
from tests.services.custody import PASSWORD, fill_tenant, load_deals, state_of


def quiet(_text: str) -> None:
    """No progress."""


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_erasure_leaves_no_file_no_key_and_no_row(settings: Settings, platform: Platform) -> None:
    admin, other = fill_tenant(platform), fill_tenant(platform, "other")
    back_up(platform, admin, step=quiet)
    cookie = sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    with platform.session() as session:
        wrapped, _ = directory.wrapped_key(session, admin.tenant.id)
    kept = state_of(platform, "other")
    assert erase_tenant(platform, admin, confirm="acme", step=quiet) == 1
    assert not (settings.stores_folder / admin.tenant.id).exists()
    assert find_principal(platform, cookie) is None
    if settings.metadata_url is None:
        content = all_bytes(settings.folder)
        assert wrapped not in content
        assert b"ann@acme.example" not in content
        assert b"ann@other.example" in content
    with pytest.raises(SigninRefused):
        sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    with pytest.raises(InvalidError, match="no tenant"):
        platform.tenant("acme")
    # The signed end of the log still proves that nothing was cut off, and tells nothing.
    proof = verify_log(platform, admin)
    assert (proof.lines, proof.problems) == (0, ())
    assert state_of(platform, "other") == kept
    assert not verify_log(platform, other).problems


def test_erasure_asks_for_the_name_and_the_right(platform: Platform) -> None:
    admin = fill_tenant(platform)
    analyst = add_member(platform, admin, email="bo@acme.example", name="Bo", role="analyst")
    with pytest.raises(InvalidError, match="confirm"):
        erase_tenant(platform, admin, confirm="acmee", step=quiet)
    with pytest.raises(ForbiddenError):
        erase_tenant(platform, analyst, confirm="acme", step=quiet)
    assert state_of(platform, "acme")["rows"] == {"deals": 3}


def test_an_export_holds_rows_documents_and_log_without_secrets(platform: Platform, tmp_path: Path) -> None:
    admin = fill_tenant(platform)
    fill_tenant(platform, "other")
    path = tmp_path / "acme.zip"
    assert export_tenant(platform, admin, path, step=quiet) == {"deals": 3}
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        with archive.open("data/deals.parquet") as file:
            assert pq.read_table(file).to_pydict() == {"id": [0, 1, 2], "name": ["=é"] * 3}
        assert archive.read("documents/notebook/review.yaml") == b"first"
        members = [json.loads(line) for line in archive.read("records/members.jsonl").splitlines()]
        roles = [json.loads(line) for line in archive.read("records/member_roles.jsonl").splitlines()]
        everything = b"".join(archive.read(name) for name in names)
    assert [one["email"] for one in members] == ["ann@acme.example"]
    assert roles == [{"member_id": members[0]["id"], "role": "admin"}]
    assert "records/audit_events.jsonl" in names
    for word in (b"argon2", b"token of acme", b"password_hash", b"wrapped_key", b"other.example"):
        assert word not in everything
    with pytest.raises(LimitError, match="cannot be written"):
        export_tenant(platform, admin, path / "below.zip", step=quiet)


def test_a_tenants_key_is_changed_while_it_is_queried(platform: Platform) -> None:
    admin, other = fill_tenant(platform, rows=50_000), fill_tenant(platform, "other")
    kept, before = platform.store_key(other.tenant).reveal(), platform.store_key(admin.tenant).reveal()
    store, stop, failed = platform.store(admin.tenant), threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            try:
                assert store.query("SELECT count(*) AS n FROM deals")[0].to_pydict() == {"n": [50_000]}
            except Exception as error:
                failed.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    assert rotate_tenant(platform, admin, quiet) == 1
    stop.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert platform.store_key(admin.tenant).reveal() != before
    assert platform.store_key(other.tenant).reveal() == kept
    load_deals(platform, admin, 2)
    found = state_of(platform, "acme")
    assert (found["rows"], found["secret"], found["document"]) == ({"deals": 2}, "token of acme", "first")
    assert rotate_tenant(platform, admin, quiet) == 1
    assert state_of(platform, "acme")["rows"] == {"deals": 2}


def test_a_store_and_metadata_of_different_times_are_told_and_left_alone(settings: Settings) -> None:
    first = Platform(settings)
    admin = fill_tenant(first)
    first.close()
    file = settings.stores_folder / admin.tenant.id / "store.duckdb"
    file.rename(file.with_name("store-7.duckdb"))
    again = Platform(settings)
    try:
        with pytest.raises(StoreFault, match="different times"):
            again.store(admin.tenant)
        assert "different times" in str(describe_tenants(again)[0]["state"])
    finally:
        again.close()
    assert [path.name for path in file.parent.glob("*.duckdb")] == ["store-7.duckdb"]
