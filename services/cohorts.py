"""Saved cohorts: who is behind a mark of a page on behaviour, as a name to filter by wherever segments are known.

A cohort keeps the question and the mark, never who they are: it is counted anew from the data as they are, under the
rows that whoever filters by it may see.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

import yaml
from sqlalchemy.exc import IntegrityError

from core.errors import ConflictError, InvalidError
from core.names import suggestion
from notebooks import AskedPage
from services.behaviour.marks import find_marked
from services.definitions import require_catalog
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.documents import Document, DocumentKind, list_documents, remove_documents, save_documents

_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """A cohort: who is behind the `mark` of the `page` that has `question` in its address, by model and entity."""

    name: str
    title: str
    page: AskedPage
    question: str
    mark: str
    model: str
    entity: str
    created_by: str = ""

    @property
    def params(self) -> dict[str, list[str]]:
        """The choices of the page."""
        return parse_qs(self.question)


@permitted(Permission.METRIC_QUERY)
def list_cohorts(platform: Platform, principal: Principal) -> list[Cohort]:
    """The cohorts whose event model is there for the principal, by name."""
    known = require_catalog(platform, principal).cohorts
    with platform.session() as session:
        found = list_documents(session, principal.tenant.id, DocumentKind.COHORT)
    return [read_cohort(document) for document in found if document.name in known]


@permitted(Permission.NOTEBOOK_WRITE)
def save_cohort(
    platform: Platform, principal: Principal, title: str, page: AskedPage, params: Mapping[str, Sequence[str]],
    mark: str,
) -> Cohort:  # fmt: skip
    """Give who is behind a mark a name. Raises InvalidError, ConflictError for a name that is taken."""
    name = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")
    if not name or len(title) > _LONGEST:
        raise InvalidError(f"Give the cohort a name of at most {_LONGEST} characters, a letter or digit among them.")
    marked = find_marked(platform, principal, page, params, mark)
    cohort = Cohort(
        name=name, title=title.strip(), page=page, question=urlencode(params, doseq=True), mark=mark,
        model=marked.model, entity=marked.entity,
    )  # fmt: skip
    if name in require_catalog(platform, principal).segments:
        raise _taken(name)
    try:
        with platform.session() as session:
            if name in {one.name for one in list_documents(session, principal.tenant.id, DocumentKind.COHORT)}:
                raise _taken(name)
            save_documents(session, principal, DocumentKind.COHORT, {name: _text(cohort)})
            record_event(
                session, AuditAction.COHORT_SAVED, subject=name, principal=principal,
                data={"page": page.value, "question": cohort.question, "mark": mark},
            )  # fmt: skip
    except IntegrityError as error:
        raise _taken(name) from error
    return cohort


@permitted(Permission.NOTEBOOK_WRITE)
def remove_cohort(platform: Platform, principal: Principal, name: str) -> None:
    """Take a cohort away; what filters by it is refused from then on. Raises InvalidError where there is none."""
    known = {cohort.name for cohort in list_cohorts(platform, principal)}
    if name not in known:
        raise InvalidError(f"There is no cohort {name}. {suggestion(name, known)}")
    with platform.session() as session:
        remove_documents(session, principal, DocumentKind.COHORT, [name])
        record_event(session, AuditAction.COHORT_REMOVED, subject=name, principal=principal)


def read_cohort(document: Document) -> Cohort:
    """A cohort as it was saved."""
    found = yaml.safe_load(document.text)
    return Cohort(
        name=document.name,
        title=found["title"],
        page=AskedPage(found["page"]),
        question=found["question"],
        mark=found["mark"],
        model=found["model"],
        entity=found["entity"],
        created_by=document.created_by,
    )


def _text(cohort: Cohort) -> str:
    kept = {
        "title": cohort.title, "page": cohort.page.value, "question": cohort.question, "mark": cohort.mark,
        "model": cohort.model, "entity": cohort.entity,
    }  # fmt: skip
    return str(yaml.safe_dump(kept, sort_keys=False, allow_unicode=True))


def _taken(name: str) -> ConflictError:
    return ConflictError(f"There is a segment or cohort called {name} already; choose another name.")
