"""The kinds of events of the audit log."""

from enum import StrEnum


class AuditAction(StrEnum):
    """Every kind of event there is."""

    AUDIT_CHECKPOINT = "audit:checkpoint"
    AUDIT_EXPORTED = "audit:exported"
    BACKUP_MADE = "backup:made"
    DATA_ACCESSED = "data:accessed"
    DATA_IMPORTED = "data:imported"
    DEFINITION_APPLIED = "definition:applied"
    DELIVERY_OPENED = "delivery:opened"
    DELIVERY_SENT = "delivery:sent"
    MASTER_KEY_ROTATED = "master-key:rotated"
    MEMBER_ADDED = "member:added"
    MEMBER_CHANGED = "member:changed"
    NOTEBOOK_SAVED = "notebook:saved"
    POLICY_APPLIED = "policy:applied"
    REPORT_EXPORTED = "report:exported"
    SCHEDULE_CHANGED = "schedule:changed"
    SESSION_ENDED = "session:ended"
    SESSION_STARTED = "session:started"
    SIGNIN_CONFIGURED = "signin:configured"
    SIGNIN_REFUSED = "signin:refused"
    TENANT_CREATED = "tenant:created"
    TENANT_ERASED = "tenant:erased"
    TENANT_EXPORTED = "tenant:exported"
    TENANT_KEY_ROTATED = "tenant-key:rotated"
    TENANT_RESTORED = "tenant:restored"
