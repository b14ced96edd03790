"""Backups: made beside a running product, restored as they were, tried, kept for a number, refused when not whole."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import ConflictError, ForbiddenError, InvalidError, LimitError
from core.secrets import KeyFault
from core.settings import Settings
from services.audit import verify_log
from services.backups import back_up, list_backups
from services.events.keys import create_write_key, find_writer, revoke_write_key
from services.keys import rotate_master, rotate_tenant
from services.organisation import add_member, create_tenant, describe_tenants
from services.platform import Platform
from services.restore import check_backup, restore_backup, restore_own
from services.signin import find_principal, sign_in_with_password
from tenants.access import operator
from tenants.all_tables import ALL_TABLES
from tenants.backup import BackupFault
from tenants.backup.rows import FLEETING, INSTALLATION, tenant_tables
from tests.services.custody import PASSWORD, fill_tenant, load_deals, state_of, write_document


def quiet(_text: str) -> None:
    """No progress."""


def test_the_drill_a_tenant_is_changed_and_restored_as_it_was(platform: Platform) -> None:
    admin, other = fill_tenant(platform), fill_tenant(platform, "other", 5)
    before = state_of(platform, "acme")
    key = create_write_key(platform, admin, "website")
    made = back_up(platform, admin, step=quiet)
    assert made.rows == {"deals": 3}
    revoke_write_key(platform, admin, "website")
    load_deals(platform, admin, 9)
    write_document(platform, admin, "second")
    add_member(platform, admin, email="eve@acme.example", name="Eve", role="admin")
    cookie = sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    loads = platform.store(admin.tenant).watermark().version
    restore_backup(platform, made.backup.path, step=quiet)
    assert state_of(platform, "acme") == before
    assert platform.store(admin.tenant).watermark().version > loads
    # What was done is not undone: the log goes on, and nobody who was signed in or shut out stays or comes back so.
    assert find_principal(platform, cookie) is None
    assert find_writer(platform, key) is None
    assert not verify_log(platform, admin).problems
    assert state_of(platform, "other")["rows"] == {"deals": 5}
    assert not verify_log(platform, other).problems


def test_a_restored_document_never_has_the_number_of_another_text(platform: Platform) -> None:
    from tenants.documents import DocumentKind, list_documents

    admin = fill_tenant(platform)
    made = back_up(platform, admin, step=quiet)
    write_document(platform, admin, "second")
    restore_backup(platform, made.backup.path, step=quiet)
    with platform.session() as session:
        (document,) = list_documents(session, admin.tenant.id, DocumentKind.NOTEBOOK)
    assert (document.text, document.version) == ("first", 3)


def test_a_lost_installation_is_restored_into_an_empty_one(platform: Platform, tmp_path: Path) -> None:
    admin = fill_tenant(platform)
    before = state_of(platform, "acme")
    made = back_up(platform, admin, step=quiet)
    lines = verify_log(platform, admin).last
    key = tmp_path / "kept.key"
    shutil.copy(platform.settings.master_key_path, key)
    fresh = Platform(Settings(data=tmp_path / "new", store_memory_mb=256))
    try:
        with pytest.raises(KeyFault, match="--key-file"):
            restore_backup(fresh, made.backup.path, step=quiet)
        restore_backup(fresh, made.backup.path, key_file=key, step=quiet)
        assert state_of(fresh, "acme") == before
        proof = verify_log(fresh, admin)
        assert not proof.problems
        assert proof.lines >= lines - 1
    finally:
        fresh.close()


def test_backups_from_before_a_change_of_either_key_are_still_restored(platform: Platform) -> None:
    admin = fill_tenant(platform)
    before = state_of(platform, "acme")
    made = back_up(platform, admin, step=quiet)
    rotate_tenant(platform, admin, quiet)
    rotate_master(platform, None, quiet)
    load_deals(platform, admin, 8)
    restore_backup(platform, made.backup.path, step=quiet)
    assert state_of(platform, "acme") == before


def test_a_check_changes_nothing_and_opens_everything(platform: Platform) -> None:
    admin = fill_tenant(platform)
    made = back_up(platform, admin, step=quiet)
    load_deals(platform, admin, 9)
    checked = check_backup(platform, made.backup.path, step=quiet)
    assert checked.rows == {"deals": 3}
    assert not checked.is_in_place
    assert state_of(platform, "acme")["rows"] == {"deals": 9}
    assert not list(platform.settings.staging_folder.glob("work-*"))


def flip(content: bytes) -> bytes:
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (flip, "damaged or cut off"),
        (lambda content: content[:-1], "damaged or cut off"),
        (lambda content: content[: content.index(b"\n", 30) + 1], "damaged or cut off"),
        (lambda content: content + b"x", "damaged or cut off"),
        (lambda content: content.replace(b'"slug": "acme"', b'"slug": "acne"'), "damaged or cut off"),
        (lambda content: content[:60], "header"),
        (lambda content: b"PK" + content, "not a backup"),
        (lambda content: content[:0], "not a backup"),
    ],
)
def test_a_backup_that_is_not_whole_restores_nothing(
    platform: Platform, damage: Callable[[bytes], bytes], reason: str
) -> None:
    admin = fill_tenant(platform)
    path = back_up(platform, admin, step=quiet).backup.path
    path.write_bytes(damage(path.read_bytes()))
    load_deals(platform, admin, 9)
    for restore in (check_backup, restore_backup):
        with pytest.raises(BackupFault, match=reason):
            restore(platform, path, step=quiet)
    assert state_of(platform, "acme")["rows"] == {"deals": 9}
    assert not list(platform.settings.staging_folder.glob("work-*"))


def test_a_backup_tells_nothing_without_its_key(platform: Platform) -> None:
    admin = fill_tenant(platform)
    content = back_up(platform, admin, step=quiet).backup.path.read_bytes()
    for word in (b"ann@acme.example", b"token of acme", b"first", b"deals", b"argon2"):
        assert word not in content
    assert platform.store_key(admin.tenant).reveal() not in content


def test_a_backup_of_a_newer_schema_is_refused(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = fill_tenant(platform)
    monkeypatch.setattr(platform.metadata, "version", lambda: "9999")
    path = back_up(platform, admin, step=quiet).backup.path
    monkeypatch.undo()
    with pytest.raises(BackupFault, match="newer Plumbline"):
        restore_backup(platform, path, step=quiet)


def test_only_so_many_backups_of_the_tenant_are_kept(platform: Platform) -> None:
    admin, other = fill_tenant(platform), fill_tenant(platform, "other")
    others = back_up(platform, other, keep=1, step=quiet).backup.path
    made = [back_up(platform, admin, keep=2, step=quiet).backup.path for _ in range(4)]
    assert [one.path for one in list_backups(platform, admin)] == made[:1:-1]
    assert others.exists()
    with pytest.raises(InvalidError, match="At least one"):
        back_up(platform, admin, keep=0, step=quiet)
    newest = {str(one["slug"]): one["backed_up_at"] for one in describe_tenants(platform)}
    assert newest["acme"] == list_backups(platform, admin)[0].made_at.isoformat()


def test_a_folder_that_cannot_be_written_is_told(platform: Platform, tmp_path: Path) -> None:
    admin = fill_tenant(platform)
    (tmp_path / "file").touch()
    with pytest.raises(LimitError, match="cannot be written"):
        back_up(platform, admin, folder=tmp_path / "file" / "below", step=quiet)


def test_an_administrator_restores_backups_of_the_own_tenant_only(platform: Platform) -> None:
    admin, other = fill_tenant(platform), fill_tenant(platform, "other")
    name = back_up(platform, other, step=quiet).backup.path.name
    analyst = add_member(platform, admin, email="bo@acme.example", name="Bo", role="analyst")
    assert list_backups(platform, admin) == []
    for asking in (admin, analyst):
        with pytest.raises(ForbiddenError, match="There is no"):
            restore_own(platform, asking, name, step=quiet)
    with pytest.raises(ForbiddenError):
        back_up(platform, analyst, step=quiet)
    assert restore_own(platform, other, name, step=quiet, is_check=True).rows == {"deals": 3}


def test_a_short_name_that_was_given_away_refuses_the_restore(platform: Platform, tmp_path: Path) -> None:
    from services.erasure import erase_tenant

    admin = fill_tenant(platform)
    made = back_up(platform, admin, folder=tmp_path, step=quiet)
    erase_tenant(platform, operator(admin.tenant), confirm="acme", step=quiet)
    create_tenant(platform, slug="acme", name="Another Acme")
    with pytest.raises(ConflictError, match="another tenant has taken"):
        restore_backup(platform, made.backup.path, step=quiet)
    assert platform.tenant("acme").name == "Another Acme"


def test_every_table_of_the_metadata_is_a_tenants_or_said_not_to_be() -> None:
    of_tenants = {table.name for table in tenant_tables("any")}
    assert of_tenants | INSTALLATION == set(ALL_TABLES.tables)
    assert not of_tenants & INSTALLATION
    assert of_tenants >= FLEETING
