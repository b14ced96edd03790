"""The notebooks a principal may see, in one query: who may change one sees its newest version, others the published."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from tenants.access.grants import TENANT_ID, Level, Reading, notebook_levels, reader_values, reading_of
from tenants.access.principal import Principal
from tenants.documents import Document, DocumentKind, document_of
from tenants.folder_schema import NotebookPlaceRow
from tenants.notebook_states import NotebookState, state_of
from tenants.schema import DocumentRow, NotebookStateRow

_Columns = tuple[DocumentRow, NotebookStateRow | None, int, str | None, bool | None]


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
    statement = _statement(reading_of(principal), is_named=names is not None, is_trash=is_trash)
    found = session.execute(statement, {**reader_values(principal), **({} if names is None else {"names": [*names]})})
    return [
        VisibleNotebook(
            document=document_of(row),
            state=state_of(kept),
            level=Level(level),
            folder_id=folder_id,
            is_restricted=bool(is_restricted),
        )
        for row, kept, level, folder_id, is_restricted in found
    ]


# Building it takes longer than asking it, which every page does.
@cache
def _statement(reading: Reading, *, is_named: bool, is_trash: bool) -> Select[_Columns]:
    kind = DocumentKind.NOTEBOOK.value
    newest = select(DocumentRow.name, func.max(DocumentRow.version).label("version"))
    newest = newest.where(DocumentRow.tenant_id == TENANT_ID, DocumentRow.kind == kind)
    newest = newest.where(DocumentRow.name.in_(bindparam("names", expanding=True))) if is_named else newest
    last = newest.group_by(DocumentRow.name).subquery("newest")
    levels, state, place = notebook_levels(reading), NotebookStateRow, NotebookPlaceRow
    latest, shown = aliased(DocumentRow), aliased(DocumentRow)
    version = case((levels.c.level >= int(Level.EDIT), last.c.version), else_=state.published_version)
    is_in_trash = state.trashed_at.is_not(None)
    return (
        select(shown, state, levels.c.level, place.folder_id, place.is_restricted)
        .select_from(last)
        .join(levels, levels.c.name == last.c.name)
        .join(
            latest,
            (latest.tenant_id == TENANT_ID)
            & (latest.kind == kind)
            & (latest.name == last.c.name)
            & (latest.version == last.c.version),
        )
        .outerjoin(state, (state.tenant_id == TENANT_ID) & (state.name == last.c.name))
        .outerjoin(place, (place.tenant_id == TENANT_ID) & (place.name == last.c.name))
        .join(
            shown,
            (shown.tenant_id == TENANT_ID)
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
