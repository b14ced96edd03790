"""Starts syncs that nobody waits for: from a page, and when their time has come."""

import contextvars
import logging
import threading
from dataclasses import replace

from sqlalchemy import select

from core.errors import ConflictError
from services.deliveries.moments import check_moments, next_moment
from services.permitted import permitted
from services.platform import Platform
from services.sync.job import run_sync
from services.sync.sources import require_source
from tenants import directory
from tenants.access import Permission, Principal, operator
from tenants.access.grants import Level
from tenants.audit import AuditAction, record_event
from tenants.source_schema import SourceRow

log = logging.getLogger("plumbline.syncs")


@permitted(Permission.SOURCE_SYNC)
def start_sync(platform: Platform, principal: Principal, name: str) -> threading.Thread:
    """Begin a sync in the background; its run tells how it went. Raises ConflictError, ForbiddenError."""
    source = require_source(platform, principal, name, level=Level.EDIT)
    if platform.syncs.is_running(source.id):
        raise ConflictError(f"A sync of {name} is running already. Wait until it has ended, or cancel it.")
    platform.syncs.say(source.id, "Connecting")

    def work() -> None:
        try:
            run_sync(platform, principal, name, progress=lambda text: platform.syncs.say(source.id, text))
        except Exception:
            log.exception("the sync of a source of %s ended", principal.tenant.slug)
        finally:
            platform.syncs.forget(source.id)

    # The thread acts for the same request: the audit log says from where.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), name=f"sync-{name}", daemon=True)
    thread.start()
    return thread


@permitted(Permission.SOURCE_CONFIGURE)
def schedule_source(platform: Platform, principal: Principal, name: str, cron: str) -> None:
    """Sync a source at cron times in the tenant's zone; an empty text ends that. Raises InvalidError."""
    source = require_source(platform, principal, name, level=Level.EDIT)
    now, zone = platform.clock(), principal.tenant.zone
    if cron:
        check_moments(cron, zone, now=now)
    with platform.session() as session:
        row = session.get_one(SourceRow, source.id)
        before, row.schedule = row.schedule, cron
        row.next_run_at = next_moment(cron, zone, now) if cron else None
        record_event(session, AuditAction.SOURCE_SAVED, subject=name, principal=principal, before=before, after=cron)


def start_due(platform: Platform) -> list[threading.Thread]:
    """Begin every sync whose time has come. One that is still running is left out until its next time."""
    now = platform.clock()
    begun = []
    with platform.session() as session:
        statement = select(SourceRow).where(SourceRow.schedule != "", SourceRow.next_run_at <= now)
        due = [(row, directory.tenant_of(session, row.tenant_id)) for row in session.scalars(statement)]
        for row, tenant in due:
            row.next_run_at = next_moment(row.schedule, tenant.zone, now)
    for row, tenant in due:
        if not platform.syncs.is_running(row.id):
            begun.append(start_sync(platform, replace(operator(tenant), email="schedule"), row.name))
    return begun
