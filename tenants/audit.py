"""The audit log: what was done, written in the transaction that did it."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.ids import new_id
from tenants.access.principal import Principal
from tenants.schema import AuditRow


class AuditAction(StrEnum):
    """Every kind of event there is."""

    DATA_IMPORTED = "data:imported"
    DEFINITION_APPLIED = "definition:applied"
    MEMBER_ADDED = "member:added"
    NOTEBOOK_SAVED = "notebook:saved"
    REPORT_EXPORTED = "report:exported"
    SESSION_ENDED = "session:ended"
    SESSION_STARTED = "session:started"
    SIGNIN_REFUSED = "signin:refused"
    TENANT_CREATED = "tenant:created"


def record_event(
    session: Session,
    action: AuditAction,
    *,
    subject: str,
    principal: Principal | None = None,
    data: Mapping[str, object] | None = None,
) -> None:
    """Append an event to the log of the principal's tenant."""
    session.add(
        AuditRow(
            id=new_id(),
            tenant_id=principal.tenant.id if principal else None,
            at=utc_now(),
            actor=principal.email if principal else "anonymous",
            action=action.value,
            subject=subject[:400],
            data=dict(data or {}),
        )
    )
