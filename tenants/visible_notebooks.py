"""The notebooks a principal may see, in one query: who may change one sees its newest version, others the published."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from tenants.access.grants import Level, notebook_levels
from tenants.access.principal import Principal
from tenants.documents import Document, DocumentKind, document_of
from tenants.folder_schema import NotebookPlaceRow
from tenants.notebook_states import NotebookState, state_of
from tenants.schema import DocumentRow, NotebookStateRow


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleNotebook:
    """A notebook with its state, what the principal may do with it, and where it lies."""

    document: Document
    state: NotebookState
    level: Level
    folder_id: str | None
    is_restricted: bool


def list_visible(
    session: Session, principal: Principal, *, names: Collection[str] | None = None, is_trash: bool = False
) -> list[VisibleNotebook]:
    """The notebooks by name, of those names alone where any are given; the trash is for who may change them."""
    own = (DocumentRow.tenant_id == principal.tenant.id, DocumentRow.kind == DocumentKind.NOTEBOOK.value)
    newest = select(DocumentRow.name, func.max(DocumentRow.version).label("version")).where(*own)
    newest = newest if names is None else newest.where(DocumentRow.name.in_(names))
    last = newest.group_by(DocumentRow.name).subquery("newest")
    levels, state, place = notebook_levels(principal), NotebookStateRow, NotebookPlaceRow
    latest, shown = aliased(DocumentRow), aliased(DocumentRow)
    version = case((levels.c.level >= int(Level.EDIT), last.c.version), else_=state.published_version)
    tenant_id, kind = principal.tenant.id, DocumentKind.NOTEBOOK.value
    is_in_trash = state.trashed_at.is_not(None)
    statement = (
        select(shown, state, levels.c.level, place.folder_id, place.is_restricted)
        .select_from(last)
        .join(levels, levels.c.name == last.c.name)
        .join(
            latest,
            (latest.tenant_id == tenant_id)
            & (latest.kind == kind)
            & (latest.name == last.c.name)
            & (latest.version == last.c.version),
        )
        .outerjoin(state, (state.tenant_id == tenant_id) & (state.name == last.c.name))
        .outerjoin(place, (place.tenant_id == tenant_id) & (place.name == last.c.name))
        .join(
            shown,
            (shown.tenant_id == tenant_id)
            & (shown.kind == kind)
            & (shown.name == last.c.name)
            & (shown.version == version),
        )
        # What was removed is a version without text.
        .where(latest.text != "", shown.text != "")
        .where(is_in_trash if is_trash else ~is_in_trash)
        .where(levels.c.level >= int(Level.EDIT if is_trash else Level.VIEW))
        .order_by(last.c.name)
    )
    return [
        VisibleNotebook(
            document=document_of(row),
            state=state_of(kept),
            level=Level(level),
            folder_id=folder_id,
            is_restricted=bool(is_restricted),
        )
        for row, kept, level, folder_id, is_restricted in session.execute(statement)
    ]
