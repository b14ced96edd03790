"""The versions of a notebook: who saved what when, and what each changed."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import ForbiddenError
from notebooks import Notebook, NotebookError, compare_notebooks, diff_lines
from services.notebooks import parse
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.grants import Level, level_of_notebook
from tenants.documents import Document, DocumentKind, find_document, list_versions
from tenants.notebook_states import find_state

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """One version in the history; `summary` says what it changed."""

    version: int
    saved_at: dt.datetime
    saved_by: str
    summary: str
    is_published: bool


@permitted(Permission.NOTEBOOK_WRITE)
def list_history(
    platform: Platform, principal: Principal, name: str, *, before: int | None = None
) -> list[VersionFacts]:
    """The versions of a notebook, newest first, at most fifty of those below `before`."""
    tenant = principal.tenant.id
    with platform.session() as session:
        _require(session, principal, name)
        versions = list_versions(session, tenant, DocumentKind.NOTEBOOK, name, limit=PAGE + 1, before=before)
        published = find_state(session, tenant, name).published_version
    older = [*versions[1:], None]
    return [
        VersionFacts(
            version=document.version,
            saved_at=document.created_at,
            saved_by=document.created_by,
            summary=_summary(previous, document),
            is_published=document.version == published,
        )
        for document, previous in zip(versions[:PAGE], older, strict=False)
    ]


@permitted(Permission.NOTEBOOK_WRITE)
def diff_versions(platform: Platform, principal: Principal, name: str, old: int, new: int) -> str:
    """The changed lines between two versions, as a unified diff; empty where nothing changed."""
    tenant = principal.tenant.id
    with platform.session() as session:
        _require(session, principal, name)
        found = [find_document(session, tenant, DocumentKind.NOTEBOOK, name, version) for version in (old, new)]
    before, after = (_notebook(document) or Notebook(name=name, title=name) for document in found)
    return diff_lines(before, after, names=(f"version {old}", f"version {new}"))


def _require(session: Session, principal: Principal, name: str) -> None:
    if level_of_notebook(session, principal, name) < Level.EDIT:
        raise ForbiddenError(f"There is no notebook {name!r} here whose history you may see.")


def _summary(before: Document | None, after: Document) -> str:
    new = _notebook(after)
    if new is None:
        return "Removed" if not after.text else "Cannot be read any more"
    old = _notebook(before)
    if old is None:
        count = len(new.cells)
        return f"Made with {count} cell{'s' * (count != 1)}" if count else "Made, without cells"
    return compare_notebooks(old, new).sentence


def _notebook(document: Document | None) -> Notebook | None:
    if document is None or not document.text:
        return None
    try:
        return parse(document.text, f"{document.name}.yaml")
    except NotebookError:
        return None
