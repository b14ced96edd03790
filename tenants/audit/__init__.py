"""The audit log: what was done, chained for each tenant, written in the transaction that did it."""

from tenants.audit.actions import AuditAction
from tenants.audit.record import Event, record_event, record_events

__all__ = ["AuditAction", "Event", "record_event", "record_events"]
