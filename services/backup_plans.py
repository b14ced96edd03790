"""Backups by themselves: when, how many are kept, and each one proved to be restorable after it was made."""

import datetime as dt
import logging
from dataclasses import dataclass

from sqlalchemy import select, update

from core.clock import as_utc
from core.errors import InvalidError, UserError
from core.ids import new_reference
from services.backups import back_up
from services.deliveries.moments import check_moments, next_moment
from services.permitted import permitted
from services.platform import Platform
from services.restore import check_backup
from tenants.access import Permission, Principal, operator
from tenants.audit import AuditAction, record_event
from tenants.backup_schema import BackupPlanRow
from tenants.changes import count_changed
from tenants.directory import tenant_of
from tenants.tenant import Tenant

log = logging.getLogger("plumbline.backups")
_MOST_KEPT = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlan:
    """When a tenant is backed up, in its zone; how many are kept; `problem` tells why the last one failed."""

    cron: str
    keep: int
    next_at: dt.datetime
    last_at: dt.datetime | None = None
    problem: str = ""


@permitted(Permission.TENANT_MANAGE)
def find_backup_plan(platform: Platform, principal: Principal) -> BackupPlan | None:
    """The plan of the principal's tenant; None where there is none."""
    with platform.session() as session:
        row = session.get(BackupPlanRow, principal.tenant.id)
        return None if row is None else _plan(row)


@permitted(Permission.TENANT_MANAGE)
def plan_backups(platform: Platform, principal: Principal, cron: str, *, keep: int) -> BackupPlan:
    """Back the principal's tenant up at these times from now on, and keep the newest so many. Raises InvalidError."""
    cron, now = " ".join(cron.split()), platform.clock()
    check_moments(cron, principal.tenant.zone, now=now)
    if not 1 <= keep <= _MOST_KEPT:
        raise InvalidError(f"From 1 to {_MOST_KEPT} backups can be kept; {keep} was asked for.")
    with platform.session() as session:
        row = session.get(BackupPlanRow, principal.tenant.id)
        before = None if row is None else _told(row)
        if row is None:
            row = BackupPlanRow(tenant_id=principal.tenant.id, problem="")
            session.add(row)
        row.cron, row.keep, row.next_at = cron, keep, next_moment(cron, principal.tenant.zone, now)
        record_event(
            session,
            AuditAction.BACKUP_PLANNED,
            subject=principal.tenant.slug,
            principal=principal,
            before=before,
            after=_told(row),
        )
        return _plan(row)


@permitted(Permission.TENANT_MANAGE)
def stop_backups(platform: Platform, principal: Principal) -> None:
    """Make no backups by themselves any more; those there are stay."""
    with platform.session() as session:
        row = session.get(BackupPlanRow, principal.tenant.id)
        if row is not None:
            session.delete(row)
            record_event(
                session,
                AuditAction.BACKUP_PLANNED,
                subject=principal.tenant.slug,
                principal=principal,
                before=_told(row),
            )


def run_due_backups(platform: Platform) -> int:
    """Make the backups whose time has come, and say how many; of what was missed, one is made.

    One that fails is told on the page and in the log, and the others are made all the same.
    """
    now = platform.clock()
    with platform.session() as session:
        statement = select(BackupPlanRow).where(BackupPlanRow.next_at <= now)
        due = [(row, tenant_of(session, row.tenant_id)) for row in session.scalars(statement)]
    return sum(_run(platform, row, tenant, now) for row, tenant in due)


def _run(platform: Platform, row: BackupPlanRow, tenant: Tenant, now: dt.datetime) -> bool:
    """Make one backup; False where another process has taken it."""
    own = BackupPlanRow.tenant_id == tenant.id
    taken = update(BackupPlanRow).where(own, BackupPlanRow.next_at == row.next_at)
    with platform.session() as session:
        if not count_changed(session, taken.values(next_at=next_moment(row.cron, tenant.zone, now))):
            return False
    problem = _back_up(platform, tenant, row.keep)
    with platform.session() as session:
        values = {"problem": problem} if problem else {"problem": "", "last_at": platform.clock()}
        session.execute(update(BackupPlanRow).where(own).values(values))
    return True


def _back_up(platform: Platform, tenant: Tenant, keep: int) -> str:
    """Make and prove a backup; returns what went wrong."""
    try:
        made = back_up(platform, operator(tenant), keep=keep, step=log.info)
        check_backup(platform, made.backup.path, step=log.info)
    except UserError as error:
        log.warning("the planned backup of %s failed: %s", tenant.slug, error.message)
        return error.message
    except Exception as error:
        reference = new_reference()
        log.exception("the planned backup of %s failed, %s", tenant.slug, reference)
        return f"{type(error).__name__}; the operator's log has it under {reference}."
    return ""


def _plan(row: BackupPlanRow) -> BackupPlan:
    return BackupPlan(
        cron=row.cron,
        keep=row.keep,
        next_at=as_utc(row.next_at),
        last_at=None if row.last_at is None else as_utc(row.last_at),
        problem=row.problem,
    )


def _told(row: BackupPlanRow) -> dict[str, object]:
    return {"cron": row.cron, "keep": row.keep}
