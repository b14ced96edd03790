"""The kinds of events of the audit log."""

from enum import StrEnum


class AuditAction(StrEnum):
    """Every kind of event there is."""

    ACCESS_DENIED = "access:denied"
    AUDIT_CHECKPOINT = "audit:checkpoint"
    AUDIT_EXPORTED = "audit:exported"
    BACKUP_MADE = "backup:made"
    DATA_ACCESSED = "data:accessed"
    DATA_IMPORTED = "data:imported"
    DEFINITION_APPLIED = "definition:applied"
    MASTER_KEY_ROTATED = "master-key:rotated"
    MEMBER_ADDED = "member:added"
    MEMBER_CHANGED = "member:changed"
    MEMBER_DEACTIVATED = "member:deactivated"
    MEMBER_REACTIVATED = "member:reactivated"
    NOTEBOOK_SAVED = "notebook:saved"
    POLICY_APPLIED = "policy:applied"
    REPORT_EXPORTED = "report:exported"
    ROLE_REMOVED = "role:removed"
    ROLE_SAVED = "role:saved"
    SESSION_ENDED = "session:ended"
    SESSION_STARTED = "session:started"
    SIGNIN_CONFIGURED = "signin:configured"
    SIGNIN_REFUSED = "signin:refused"
    TENANT_CREATED = "tenant:created"
    TENANT_ERASED = "tenant:erased"
    TENANT_EXPORTED = "tenant:exported"
    TENANT_KEY_ROTATED = "tenant-key:rotated"
    TENANT_RESTORED = "tenant:restored"
