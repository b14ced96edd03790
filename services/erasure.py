"""Erases a tenant: its rows, its key, its store, and its backups in the backup folder.

A mark in the store's folder says that the erasure was begun, so that one that is killed is finished by the next start.
What stays is one line in the installation's own log, and the signed end of the tenant's, which names nobody.
"""

import shutil
from pathlib import Path

from sqlalchemy import delete, select, text

from core.errors import InvalidError
from core.settings import Settings
from services.backups import Step, find_backups
from services.permitted import permitted
from services.platform import ERASING, Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.audit.checkpoint import remove_all
from tenants.backup.rows import delete_rows
from tenants.metadata import Metadata
from tenants.schema import MemberRow, SigninAttemptRow, TenantRow

_KEPT = frozenset({"audit_checkpoints", "audit_events", "audit_heads"})


@permitted(Permission.TENANT_MANAGE)
def erase_tenant(platform: Platform, principal: Principal, *, confirm: str, step: Step) -> int:
    """Erase the principal's tenant for good; returns how many of its backups were removed. Raises InvalidError."""
    tenant = principal.tenant
    if confirm != tenant.slug:
        raise InvalidError(f"To erase {tenant.slug} for good, confirm it by its short name; {confirm!r} was given.")
    folder = platform.store_place(tenant).folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ERASING).touch()
    step("The erasure is begun")
    with platform.session() as session:
        addresses = select(MemberRow.email).where(MemberRow.tenant_id == tenant.id)
        session.execute(delete(SigninAttemptRow).where(SigninAttemptRow.email.in_(addresses)))
        lines = remove_all(session, tenant.id, at=platform.clock())
        delete_rows(session.connection(), tenant.id, but=_KEPT)
        record_event(
            session,
            AuditAction.TENANT_ERASED,
            subject=tenant.slug,
            data={"tenant_id": tenant.id, "by": principal.member_id or principal.role, "log_lines": lines},
        )
    step("Rows and key are erased")
    platform.stores.forget(tenant.id)
    _forget_written(platform.metadata)
    removed = _remove_files(platform.settings, folder)
    step("Store and backups are removed")
    return removed


def finish_erasures(settings: Settings, metadata: Metadata) -> None:
    """Finish the erasures that were killed; one that had not erased the rows yet is forgotten."""
    folders = settings.region_folders.values()
    for mark in [mark for folder in folders for mark in folder.glob(f"*/{ERASING}")]:
        with metadata.session() as session:
            is_there = session.get(TenantRow, mark.parent.name) is not None
        if is_there:
            mark.unlink()
        else:
            _forget_written(metadata)
            _remove_files(settings, mark.parent)


def _remove_files(settings: Settings, folder: Path) -> int:
    tenant_id = folder.name
    backups = find_backups(settings.backups_folder, tenant_id)
    for backup in backups:
        backup.path.unlink(missing_ok=True)
    shutil.rmtree(folder.parent / "staging" / tenant_id, ignore_errors=True)
    # The mark goes last: while a file is left, the erasure is not finished.
    for file in folder.iterdir():
        if file.name != ERASING:
            shutil.rmtree(file) if file.is_dir() else file.unlink()
    shutil.rmtree(folder)
    return len(backups)


def _forget_written(metadata: Metadata) -> None:
    """Overwrite what the database's own log still holds of the rows; deleted rows themselves are zeroed (SQLite)."""
    if metadata.engine.dialect.name == "sqlite":
        with metadata.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
