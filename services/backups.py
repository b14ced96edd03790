"""Backups of a tenant: made while the product runs, kept for a number, listed, and tried without changing anything."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import InvalidError
from core.ids import new_id
from core.secrets import new_key, wrap
from services.files import making_file
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.backup import BackupFault, Header, pack, read_header
from tenants.tenant import Tenant
from tenants.usage import UsageItem

SUFFIX = ".plumbline"
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup of a tenant."""

    path: Path
    slug: str
    made_at: dt.datetime
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBackup:
    """A backup that was made: its SHA-256, the rows of its tables, and the older ones that were removed for it."""

    backup: Backup
    sha256: str
    rows: dict[str, int]
    removed: tuple[Path, ...]


@permitted(Permission.TENANT_MANAGE)
def back_up(
    platform: Platform, principal: Principal, *, folder: Path | None = None, keep: int | None = None, step: Step
) -> MadeBackup:
    """Write a backup of the principal's tenant; `keep` removes all but that many. Raises LimitError, StoreFault."""
    if keep is not None and keep < 1:
        raise InvalidError(f"At least one backup is kept; {keep} was asked for.")
    target = folder or platform.settings.backups_folder
    tenant, now = principal.tenant, platform.clock()
    path = target / f"{tenant.slug}-{now:%Y%m%dT%H%M%S.%fZ}{SUFFIX}"
    with making_file(path) as unfinished, working_folder(platform.staging_folder(tenant)) as work:
        digest, counts = _write(platform, tenant, work, unfinished, now, step)
    made = Backup(path=path, slug=tenant.slug, made_at=now, bytes=path.stat().st_size)
    removed = _remove_older(target, tenant.id, keep) if keep else ()
    with platform.session() as session:
        record_event(
            session,
            AuditAction.BACKUP_MADE,
            subject=path.name,
            principal=principal,
            data={"sha256": digest, "bytes": made.bytes, "rows": counts, "removed": [old.name for old in removed]},
            usage={UsageItem.BYTES_STORED: platform.bytes_stored(tenant)},
        )
    return MadeBackup(backup=made, sha256=digest, rows=counts, removed=removed)


@permitted(Permission.TENANT_MANAGE)
def list_backups(platform: Platform, principal: Principal) -> list[Backup]:
    """The backups of the principal's tenant in the backup folder, newest first."""
    return find_backups(platform.settings.backups_folder, principal.tenant.id)


def find_backups(folder: Path, tenant_id: str) -> list[Backup]:
    """The backups of a tenant in a folder, newest first; other files are passed over."""
    found: list[Backup] = []
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            header = read_header(path)
        except BackupFault:
            continue
        if header.tenant_id == tenant_id:
            size = path.stat().st_size
            found.append(Backup(path=path, slug=header.slug, made_at=header.made_at, bytes=size))
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def backup_context(tenant_id: str) -> str:
    """What a backup's key is bound to."""
    return f"backup/{tenant_id}"


@contextmanager
def working_folder(staging: Path) -> Iterator[Path]:
    """A folder for files on their way, out of every store's reach; what a kill leaves there goes at the next start."""
    folder = staging / f"work-{new_id()}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(
    platform: Platform, tenant: Tenant, work: Path, target: Path, now: dt.datetime, step: Step
) -> tuple[str, dict[str, int]]:
    # Loading SQLAlchemy's reflection and the engine is for those who make backups.
    from tenants.backup.snapshot import write_snapshot

    step(f"Copying the store of {tenant.slug}")
    store = platform.store(tenant)
    with store.hold():
        store.copy_file(work / "store.duckdb")
        counts, watermark = store.row_counts(), store.watermark().version
        write_snapshot(platform.metadata, tenant.id, work / "metadata.sqlite3")
        store_key = platform.store_key(tenant)
    step("Encrypting the backup")
    key = new_key()
    header = Header(
        tenant_id=tenant.id,
        slug=tenant.slug,
        made_at=now,
        schema=platform.metadata.version() or "",
        wrapped_key=wrap(platform.keys.master, key, context=backup_context(tenant.id)),
    )
    manifest: dict[str, object] = {
        "store_key": store_key.reveal().hex(),
        "rows": counts,
        "watermark": watermark,
        "log_is_signed": _log_is_signed(platform, tenant),
    }
    members = {name: work / name for name in ("metadata.sqlite3", "store.duckdb")}
    return pack(target, header, key, members, manifest), counts


def _log_is_signed(platform: Platform, tenant: Tenant) -> bool:
    from tenants.audit.takeover import has_valid_seals

    with platform.session() as session:
        return has_valid_seals(session, tenant.id)


def _remove_older(folder: Path, tenant_id: str, keep: int) -> tuple[Path, ...]:
    older = tuple(backup.path for backup in find_backups(folder, tenant_id)[keep:])
    for path in older:
        path.unlink(missing_ok=True)
    return older
