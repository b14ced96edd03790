"""Versioned YAML documents of a tenant: definitions, notebooks, policies, cohorts and more. A save adds a version."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.ids import new_id
from tenants.access.principal import Principal
from tenants.schema import DocumentRow

# Built once, and of the table rather than the class: it is asked with every question, and needs no objects.
_TABLE = DocumentRow.__table__.c
_VERSIONS = (
    select(_TABLE.name, func.max(_TABLE.version))
    .where(_TABLE.tenant_id == bindparam("tenant_id"), _TABLE.kind == bindparam("kind"))
    .group_by(_TABLE.name)
    .order_by(_TABLE.name)
)


class DocumentKind(StrEnum):
    """What a document holds."""

    CHECKS = "checks"
    COHORT = "cohort"
    DEFINITION = "definition"
    NOTEBOOK = "notebook"
    POLICY = "policy"
    SCORES = "scores"
    WATCH = "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a document."""

    name: str
    version: int
    text: str
    created_by: str
    created_at: dt.datetime


def find_document(
    session: Session, tenant_id: str, kind: DocumentKind, name: str, version: int | None = None
) -> Document | None:
    """A version of a document, the newest where none is named; None where there is none or it was removed."""
    statement = select(DocumentRow).where(
        DocumentRow.tenant_id == tenant_id, DocumentRow.kind == kind.value, DocumentRow.name == name
    )
    if version is not None:
        statement = statement.where(DocumentRow.version == version)
    row = session.scalars(statement.order_by(DocumentRow.version.desc()).limit(1)).first()
    return document_of(row) if row is not None and row.text else None


def list_versions(
    session: Session, tenant_id: str, kind: DocumentKind, name: str, *, limit: int, before: int | None = None
) -> list[Document]:
    """The versions of a document, newest first, at most `limit` of those below `before`."""
    statement = select(DocumentRow).where(
        DocumentRow.tenant_id == tenant_id, DocumentRow.kind == kind.value, DocumentRow.name == name
    )
    if before is not None:
        statement = statement.where(DocumentRow.version < before)
    return [document_of(row) for row in session.scalars(statement.order_by(DocumentRow.version.desc()).limit(limit))]


def add_version(session: Session, principal: Principal, kind: DocumentKind, name: str, text: str, version: int) -> None:
    """Save a version by its number. Raises sqlalchemy's IntegrityError where somebody else has taken that number."""
    session.add(
        DocumentRow(
            id=new_id(),
            tenant_id=principal.tenant.id,
            kind=kind.value,
            name=name,
            version=version,
            text=text,
            created_at=utc_now(),
            created_by=principal.email,
        )
    )
    session.flush()


def document_versions(session: Session | Connection, tenant_id: str, kind: DocumentKind) -> tuple[tuple[str, int], ...]:
    """The name and newest version of each document of a kind, by name: a cheap key for what is made from them."""
    found = session.execute(_VERSIONS, {"tenant_id": tenant_id, "kind": kind.value})
    return tuple((name, version) for name, version in found)


def list_documents(session: Session, tenant_id: str, kind: DocumentKind) -> list[Document]:
    """The newest version of each document of a kind, by name; those that were removed are left out."""
    newest = (
        select(DocumentRow.name, func.max(DocumentRow.version).label("version"))
        .where(DocumentRow.tenant_id == tenant_id, DocumentRow.kind == kind.value)
        .group_by(DocumentRow.name)
        .subquery()
    )
    statement = (
        select(DocumentRow)
        .join(newest, (DocumentRow.name == newest.c.name) & (DocumentRow.version == newest.c.version))
        .where(DocumentRow.tenant_id == tenant_id, DocumentRow.kind == kind.value, DocumentRow.text != "")
        .order_by(DocumentRow.name)
    )
    return [document_of(row) for row in session.scalars(statement)]


def document_of(row: DocumentRow) -> Document:
    """A version as it is kept."""
    # SQLite gives times back without their zone, which is UTC.
    at = row.created_at if row.created_at.tzinfo else row.created_at.replace(tzinfo=dt.UTC)
    return Document(name=row.name, version=row.version, text=row.text, created_by=row.created_by, created_at=at)


def remove_documents(session: Session, principal: Principal, kind: DocumentKind, names: Iterable[str]) -> None:
    """Take documents out of force. Their history stays: a removal is a version without text."""
    save_documents(session, principal, kind, dict.fromkeys(names, ""))


def save_documents(
    session: Session, principal: Principal, kind: DocumentKind, texts: Mapping[str, str]
) -> tuple[str, ...]:
    """Save a new version of each document whose text changed; returns their names."""
    in_force = {document.name: document.text for document in list_documents(session, principal.tenant.id, kind)}
    versions = dict(document_versions(session, principal.tenant.id, kind))
    changed = [name for name, text in texts.items() if in_force.get(name) != text]
    for name in changed:
        add_version(session, principal, kind, name, texts[name], versions.get(name, 0) + 1)
    return tuple(changed)


def newest_versions(session: Session, tenant_id: str) -> dict[tuple[str, str], int]:
    """The newest version of every document of a tenant, by kind and name."""
    statement = select(DocumentRow.kind, DocumentRow.name, func.max(DocumentRow.version))
    rows = session.execute(
        statement.where(DocumentRow.tenant_id == tenant_id).group_by(DocumentRow.kind, DocumentRow.name)
    )
    return {(kind, name): version for kind, name, version in rows}


def keep_ahead(session: Session, tenant_id: str, before: Mapping[tuple[str, str], int]) -> None:
    """Give restored documents versions that come after those there were: a version never names two texts."""
    now = newest_versions(session, tenant_id)
    for (kind, name), version in before.items():
        restored = now.get((kind, name), 0)
        if restored >= version:
            continue
        statement = select(DocumentRow.text).where(
            DocumentRow.tenant_id == tenant_id,
            DocumentRow.kind == kind,
            DocumentRow.name == name,
            DocumentRow.version == restored,
        )
        session.add(
            DocumentRow(
                id=new_id(),
                tenant_id=tenant_id,
                kind=kind,
                name=name,
                version=version + 1,
                text=session.scalar(statement) or "",
                created_at=utc_now(),
                created_by="restored",
            )
        )
    session.flush()
