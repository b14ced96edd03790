"""Removes the oldest lines of a log under a signed checkpoint, from which the rest can still be proved."""

import datetime as dt

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.errors import RefusedError
from tenants.audit.chain import Sign, sign_checkpoint
from tenants.audit.verify import verify_chain
from tenants.changes import count_changed
from tenants.schema import AuditCheckpointRow, AuditRow


def remove_before(session: Session, tenant_id: str, before: dt.datetime, *, at: dt.datetime) -> int:
    """Remove the lines written before a time; returns how many. Raises RefusedError for a log that is not whole."""
    of_tenant = AuditRow.tenant_id == tenant_id
    # The lines up to the first that is young enough: what stays must be without gaps.
    first_kept = session.scalar(select(func.min(AuditRow.sequence)).where(of_tenant, AuditRow.at >= before))
    last = select(AuditRow).where(of_tenant).order_by(AuditRow.sequence.desc()).limit(1)
    if first_kept is not None:
        last = last.where(AuditRow.sequence < first_kept)
    newest = session.scalars(last).one_or_none()
    if newest is None:
        return 0
    problems = verify_chain(session, tenant_id).problems
    if problems:
        raise RefusedError(f"Nothing was removed, because the log is not whole: {problems[0]}")
    return _remove_to(session, newest, at)


def remove_all(session: Session, tenant_id: str, *, at: dt.datetime) -> int:
    """Remove every line of an erased tenant's log, whole or not; returns how many. Its signed head stays."""
    statement = select(AuditRow).where(AuditRow.tenant_id == tenant_id).order_by(AuditRow.sequence.desc()).limit(1)
    newest = session.scalars(statement).one_or_none()
    return 0 if newest is None else _remove_to(session, newest, at)


def _remove_to(session: Session, newest: AuditRow, at: dt.datetime) -> int:
    tenant_id = newest.tenant_id
    sign: Sign = session.info["sign"]
    session.add(
        AuditCheckpointRow(
            tenant_id=tenant_id,
            sequence=newest.sequence,
            hash=newest.hash,
            at=at,
            seal=sign_checkpoint(sign, tenant_id, newest.sequence, newest.hash, at),
        )
    )
    session.flush()
    removed = delete(AuditRow).where(AuditRow.tenant_id == tenant_id, AuditRow.sequence <= newest.sequence)
    return count_changed(session, removed)
