"""Puts a backup of a tenant in place: the tenant is as before until one transaction, and as in the backup after it."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError
from core.master_key import load_key_file
from core.secrets import Secret, wrap
from services.backups import Step, backup_context, find_backups, working_folder
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal, operator
from tenants.audit import AuditAction, record_event
from tenants.audit.takeover import sign_anew
from tenants.audit.verify import verify_chain
from tenants.backup import BackupFault, Header, read_header, unpack
from tenants.backup.rows import FLEETING, LOG, copy_rows, delete_rows, read_rows, tenant_tables
from tenants.directory import tenant_of
from tenants.documents import keep_ahead, newest_versions
from tenants.metadata import Metadata
from tenants.schema import AuditCheckpointRow, AuditHeadRow, TenantRow
from tenants.store import StoreLimits
from tenants.store.errors import StoreFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a backup holds: the rows of each table, and the number of the tenant's metadata rows."""

    header: Header
    rows: dict[str, int]
    is_in_place: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unpacked:
    """A backup whose every part was proved, on the disk but not in place."""

    header: Header
    folder: Path
    key: Secret
    rows: dict[str, int]
    is_log_signed: bool

    @property
    def store_file(self) -> Path:
        return self.folder / "store.duckdb"


def check_backup(platform: Platform, path: Path, *, key_file: Path | None = None, step: Step) -> Restored:
    """Prove that a backup can be restored, without changing anything. Raises BackupFault, KeyFault."""
    with working_folder(platform.settings.staging_folder) as folder:
        found = _unpack(platform, path, folder, key_file, step)
        _open_store(found, watermark=0)
        with _snapshot(found) as source:
            source.execute(select(TenantRow.id)).one()
    return Restored(header=found.header, rows=found.rows, is_in_place=False)


def restore_backup(
    platform: Platform, path: Path, *, key_file: Path | None = None, principal: Principal | None = None, step: Step
) -> Restored:
    """Put a tenant back as it was; only the operator restores a tenant that is gone.

    Raises BackupFault, KeyFault, ConflictError. Members sign in anew; the audit log goes on and tells of the restore.
    """
    with ExitStack() as stack:
        found = _unpack(
            platform, path, stack.enter_context(working_folder(platform.settings.staging_folder)), key_file, step
        )
        tenant_id = found.header.tenant_id
        with _snapshot(found) as source:
            region = source.execute(select(TenantRow.region)).scalar_one()
        generation, present = _find_present(platform, tenant_id)
        watermark = _hold_present(platform, tenant_id, stack) if present else 0
        _open_store(found, watermark=watermark + 1)
        from tenants.store.place import next_place

        folder = platform.store_folder(tenant_id, region)
        generation, target = next_place(folder, generation)
        shutil.move(found.store_file, target)
        step("The store of the backup is beside the present one")
        with _snapshot(found) as source:
            _replace_rows(platform, source, found, generation, principal)
        step("The backup is in force")
        with platform.session() as session:
            tenant = tenant_of(session, tenant_id)
        platform.stores.switch(tenant_id, platform.store_place(tenant))
    step("The store before is removed")
    return Restored(header=found.header, rows=found.rows, is_in_place=True)


@permitted(Permission.TENANT_MANAGE)
def restore_own(platform: Platform, principal: Principal, name: str, *, step: Step, is_check: bool = False) -> Restored:
    """Put the principal's tenant back from a backup of its own in the backup folder, or only try it."""
    for backup in find_backups(platform.settings.backups_folder, principal.tenant.id):
        if backup.path.name == name:
            if is_check:
                return check_backup(platform, backup.path, step=step)
            return restore_backup(platform, backup.path, principal=principal, step=step)
    raise ForbiddenError(f"There is no backup {name!r} of this organisation here.")


def _unpack(platform: Platform, path: Path, folder: Path, key_file: Path | None, step: Step) -> _Unpacked:
    header = read_header(path)
    newest = platform.metadata.version() or ""
    if header.schema > newest:
        raise BackupFault(
            f"{path.name} was made by a newer Plumbline (schema {header.schema}, here {newest}). Nothing was changed. "
            "Update this one first."
        )
    given = None if key_file is None else load_key_file(key_file)

    def key_of(header: Header) -> Secret:
        return platform.keys.open_earlier(header.wrapped_key, context=backup_context(header.tenant_id), given=given)

    step(f"Reading the backup of {header.slug}")
    manifest = unpack(path, key_of, folder)
    return _Unpacked(
        header=header,
        folder=folder,
        key=Secret(bytes.fromhex(str(manifest["store_key"]))),
        rows=cast(dict[str, int], manifest["rows"]),
        is_log_signed=bool(manifest["log_is_signed"]),
    )


def _open_store(found: _Unpacked, *, watermark: int) -> None:
    """See that the store opens and holds the rows it had; give its data a version that was not there before."""
    from tenants.store.store import Store

    store = Store(
        found.header.slug, found.store_file, found.key, staging=found.folder / "staging", limits=StoreLimits()
    )
    try:
        if store.row_counts() != found.rows:
            raise BackupFault("The store in the backup does not hold the rows it had. Nothing was changed.")
        if watermark:
            store.raise_watermark(watermark)
        with store.hold():
            pass
    finally:
        store.close()


@contextmanager
def _snapshot(found: _Unpacked) -> Iterator[Connection]:
    """The rows of the backup, brought up to the present schema."""
    metadata = Metadata(f"sqlite:///{found.folder / 'metadata.sqlite3'}")
    try:
        metadata.migrate()
        with metadata.engine.connect() as connection:
            yield connection
    finally:
        metadata.close()


def _find_present(platform: Platform, tenant_id: str) -> tuple[int, bool]:
    with platform.session() as session:
        generation = session.scalar(select(TenantRow.store_generation).where(TenantRow.id == tenant_id))
    return generation or 0, generation is not None


def _hold_present(platform: Platform, tenant_id: str, stack: ExitStack) -> int:
    """Stop loads into the tenant's store until it is replaced; returns its watermark. A damaged one holds nothing."""
    with platform.session() as session:
        tenant = tenant_of(session, tenant_id)
    try:
        store = platform.store(tenant)
        stack.enter_context(store.hold())
        return store.watermark().version
    except StoreFault:
        return 0


def _replace_rows(
    platform: Platform, source: Connection, found: _Unpacked, generation: int, principal: Principal | None
) -> None:
    tenant_id = found.header.tenant_id
    try:
        with platform.session() as session:
            connection = session.connection()
            has_log = session.get(AuditHeadRow, tenant_id) is not None
            before = newest_versions(session, tenant_id)
            delete_rows(connection, tenant_id, but=LOG)
            copy_rows(source, connection, tenant_id, but=FLEETING | (LOG if has_log else {"audit_checkpoints"}))
            session.execute(
                update(TenantRow)
                .where(TenantRow.id == tenant_id)
                .values(
                    wrapped_key=wrap(platform.keys.master, found.key, context=tenant_id), store_generation=generation
                )
            )
            keep_ahead(session, tenant_id, before)
            if not has_log and found.is_log_signed:
                sign_anew(session, tenant_id, _checkpoints(source, tenant_id))
            _record(session, found, principal, is_whole=not verify_chain(session, tenant_id).problems)
    except IntegrityError as error:
        raise ConflictError(
            f"The backup of {found.header.slug} cannot be put beside what is here now: another tenant has taken its "
            f"short name or a domain of it ({error.orig}). Nothing was changed."
        ) from error


def _checkpoints(source: Connection, tenant_id: str) -> list[AuditCheckpointRow]:
    table = next(table for table in tenant_tables(tenant_id) if table.name == "audit_checkpoints")
    return [AuditCheckpointRow(**row) for row in read_rows(source, table, table.c.tenant_id == tenant_id)]


def _record(session: Session, found: _Unpacked, principal: Principal | None, *, is_whole: bool) -> None:
    header = found.header
    record_event(
        session,
        AuditAction.TENANT_RESTORED,
        subject=header.slug,
        principal=principal or operator(tenant_of(session, header.tenant_id)),
        data={"made_at": header.made_at.isoformat(), "rows": found.rows, "log_is_whole": is_whole},
    )
