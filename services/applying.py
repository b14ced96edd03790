"""Texts of one kind that a tenant has in force: put there together, and put on record."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tenants.access import Principal
from tenants.audit import AuditAction, record_event
from tenants.documents import DocumentKind, list_documents, remove_documents, save_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply did, by name."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]


def put_in_force(
    session: Session,
    principal: Principal,
    kind: DocumentKind,
    texts: Mapping[str, str],
    *,
    prune: bool,
    action: AuditAction,
) -> Applied:
    """Put checked texts in force by name; `prune` removes those of the kind that are not among them."""
    in_force = {document.name for document in list_documents(session, principal.tenant.id, kind)}
    changed = save_documents(session, principal, kind, texts)
    removed = tuple(sorted(in_force - set(texts))) if prune else ()
    remove_documents(session, principal, kind, removed)
    record_event(
        session,
        action,
        subject=", ".join((*changed, *removed)) or "nothing changed",
        principal=principal,
        data={"changed": list(changed), "removed": list(removed)},
    )
    return Applied(changed=changed, removed=removed)
