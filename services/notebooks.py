"""Notebooks of a tenant: kept as YAML versions; writers see the newest, readers what was published."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy.orm import Session

from core.errors import ForbiddenError
from core.names import suggestion
from metrics.period import PeriodKind
from notebooks import Notebook, NotebookError, Scope, SqlCell, parse_notebook, suggest_home
from services.definitions import find_catalog
from services.notebook_asking import dimension_facts, metric_facts
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.grants import Level, level_of_notebook
from tenants.audit import AuditAction, record_event
from tenants.documents import Document, DocumentKind, find_document, save_documents
from tenants.notebook_states import list_favourites, publish_version
from tenants.visible_notebooks import VisibleNotebook, list_visible

HOME = "home"
parse = lru_cache(maxsize=256)(parse_notebook)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookFacts:
    """A notebook in a list. `published` is the version readers see, None before the first publication.

    `problem` says why a text cannot be read any more; `trashed_at` is None outside the trash. `folder_id` is None at
    the top; what is restricted has no grant of its folder's.
    """

    name: str
    title: str
    description: str
    cells: int
    version: int
    created_by: str
    created_at: dt.datetime
    published: int | None = None
    is_favourite: bool = False
    trashed_at: dt.datetime | None = None
    problem: str = ""
    may_comment: bool = False
    may_edit: bool = False
    folder_id: str | None = None
    is_restricted: bool = False

    @property
    def is_draft(self) -> bool:
        """Whether there is something that readers do not see yet."""
        return self.published != self.version


@permitted(Permission.NOTEBOOK_WRITE)
def save_notebooks(platform: Platform, principal: Principal, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Check YAML texts by file name, save what changed and publish it; returns the names changed.

    Raises UserError with all problems, ForbiddenError for one that the principal may not change.
    """
    by_name = {}
    for file, text in texts.items():
        notebook = parse_notebook(text, file)
        require_sql_right(principal, notebook)
        by_name[notebook.name] = text
    with platform.session() as session:
        for name in by_name:
            _require_free(session, principal, name)
        changed = save_documents(session, principal, DocumentKind.NOTEBOOK, by_name)
        for name in by_name:
            document = find_document(session, principal.tenant.id, DocumentKind.NOTEBOOK, name)
            if document is not None:
                publish_version(session, principal.tenant.id, name, document.version)
        record_event(
            session, AuditAction.NOTEBOOK_SAVED, subject=", ".join(changed) or "nothing changed", principal=principal
        )
    return changed


def _require_free(session: Session, principal: Principal, name: str) -> None:
    """Raises ForbiddenError for a name that a notebook has which the principal may not change."""
    taken = find_document(session, principal.tenant.id, DocumentKind.NOTEBOOK, name) is not None
    if taken and level_of_notebook(session, principal, name) < Level.EDIT:
        raise ForbiddenError(f"You cannot save a notebook under the name {name}. Choose another one.")


def require_sql_right(principal: Principal, notebook: Notebook, before: Notebook | None = None) -> None:
    """Who writes SQL into a notebook needs the permission to run it. Raises ForbiddenError."""
    known = set() if before is None else {cell for cell in before.cells if isinstance(cell, SqlCell)}
    if any(isinstance(cell, SqlCell) and cell not in known for cell in notebook.cells):
        principal.require(Permission.SQL_QUERY)


@permitted(Permission.NOTEBOOK_READ)
def list_notebooks(
    platform: Platform, principal: Principal, *, search: str = "", is_trash: bool = False
) -> list[NotebookFacts]:
    """The notebooks a principal may see, favourites first, then by title; `search` is looked for in every text."""
    if is_trash:
        principal.require(Permission.NOTEBOOK_WRITE)
    with platform.session() as session:
        favourites = list_favourites(session, principal.member_id)
        seen = list_visible(session, principal, is_trash=is_trash)
    words = search.casefold().split()
    found = [
        _facts(one, is_favourite=one.document.name in favourites)
        for one in seen
        if all(word in one.document.text.casefold() for word in words)
    ]
    return sorted(found, key=lambda facts: (not facts.is_favourite, facts.title.casefold(), facts.name))


@permitted(Permission.NOTEBOOK_READ)
def list_parsed(platform: Platform, principal: Principal) -> list[Notebook]:
    """The notebooks a principal may see, themselves; those that cannot be read any more are left out."""
    found = []
    with platform.session() as session:
        documents = [one.document for one in list_visible(session, principal)]
    for document in documents:
        try:
            found.append(parse(document.text, f"{document.name}.yaml"))
        except NotebookError:
            continue
    return found


def _facts(one: VisibleNotebook, *, is_favourite: bool) -> NotebookFacts:
    document, state, problem = one.document, one.state, ""
    try:
        notebook = parse(document.text, f"{document.name}.yaml")
    except NotebookError as error:
        # One that cannot be read any more must not take the list of the others with it.
        notebook, problem = Notebook(name=document.name, title=document.name), error.message
    return NotebookFacts(
        name=notebook.name,
        title=notebook.title,
        description=notebook.description,
        cells=len(notebook.cells),
        version=document.version,
        created_by=document.created_by,
        created_at=document.created_at,
        published=state.published_version,
        is_favourite=is_favourite,
        trashed_at=state.trashed_at,
        problem=problem,
        may_comment=one.level >= Level.COMMENT,
        may_edit=one.level >= Level.EDIT,
        folder_id=one.folder_id,
        is_restricted=one.is_restricted,
    )


@permitted(Permission.NOTEBOOK_READ)
def export_notebooks(platform: Platform, principal: Principal, name: str | None = None) -> list[Document]:
    """The notebooks as they were saved last, or the one called `name`. Raises ForbiddenError."""
    with platform.session() as session:
        if name is not None:
            return [_require_visible(session, principal, name).document]
        return [one.document for one in list_visible(session, principal)]


def require_notebook(platform: Platform, principal: Principal, name: str, *, is_draft: bool = False) -> Notebook:
    """A notebook as readers see it; with `is_draft`, as those who may write see it, with all that is not published.

    Raises ForbiddenError with the nearest names.
    """
    return require_version(platform, principal, name, is_draft=is_draft)[0]


@permitted(Permission.NOTEBOOK_READ)
def require_version(
    platform: Platform, principal: Principal, name: str, *, is_draft: bool = False
) -> tuple[Notebook, NotebookFacts]:
    """A notebook with its version and state. Raises ForbiddenError with the nearest names."""
    with platform.session() as session:
        seen = _require_visible(session, principal, name)
        seen = seen if is_draft else _as_read(session, principal, seen)
        favourites = list_favourites(session, principal.member_id)
    return parse(seen.document.text, f"{name}.yaml"), _facts(seen, is_favourite=name in favourites)


@permitted(Permission.NOTEBOOK_READ)
def find_notebook(platform: Platform, principal: Principal, name: str) -> Notebook | None:
    """The newest version of a notebook, None where the principal sees none of that name."""
    with platform.session() as session:
        seen = list_visible(session, principal, names=[name])
    return parse(seen[0].document.text, f"{name}.yaml") if seen else None


@permitted(Permission.METRIC_QUERY)
def home_notebook(platform: Platform, principal: Principal) -> Notebook | None:
    """The tenant's `home` notebook, or one made of its metrics; None where no metrics are defined."""
    if principal.can(Permission.NOTEBOOK_READ):
        with platform.session() as session:
            found = [_as_read(session, principal, seen) for seen in list_visible(session, principal, names=[HOME])]
        if found:
            return parse(found[0].document.text, f"{HOME}.yaml")
    catalog = find_catalog(platform, principal)
    if catalog is None or not catalog.metrics:
        return None
    timed = [name for name in catalog.metrics if all(leaf.time is not None for leaf in catalog.leaves(name))]
    return suggest_home([metric_facts(catalog, name) for name in timed], dimension_facts(catalog, timed))


def scope_of(
    platform: Platform,
    principal: Principal,
    *,
    period: PeriodKind | None = None,
    where: str | None = None,
    as_of: dt.date | None = None,
    given: Mapping[str, str] | None = None,
) -> Scope:
    """The day and calendar of the principal's tenant, with the reader's choices; `as_of` stands in for today."""
    tenant = principal.tenant
    return Scope(
        today=as_of or tenant.today(platform.clock),
        period=period,
        where=where,
        fiscal_start_month=tenant.fiscal_start_month,
        week_start=tenant.week_start,
        given=given or {},
    )


def _require_visible(session: Session, principal: Principal, name: str) -> VisibleNotebook:
    found = list_visible(session, principal, names=[name])
    if not found:
        names = [one.document.name for one in list_visible(session, principal)]
        raise ForbiddenError(f"There is no notebook {name!r} here. {suggestion(name, names)}")
    return found[0]


def _as_read(session: Session, principal: Principal, seen: VisibleNotebook) -> VisibleNotebook:
    """A notebook in the version that readers see, where it was published; else the newest."""
    newest, published = seen.document, seen.state.published_version
    if seen.level < Level.EDIT or published is None or published == newest.version:
        return seen
    document = find_document(session, principal.tenant.id, DocumentKind.NOTEBOOK, newest.name, published)
    return replace(seen, document=document or newest)
