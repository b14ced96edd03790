"""Folders of notebooks, models and sources: made, named, moved and removed, and which notebook lies in which."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError, InvalidError
from core.ids import new_id
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.data_grants import DataKind
from tenants.access.grants import (
    Level,
    folder_levels,
    level_of_folder,
    level_of_notebook,
    reader_values,
    reading_of,
)
from tenants.access.member_roles import lock_members
from tenants.audit import AuditAction, record_event
from tenants.documents import DocumentKind, list_documents
from tenants.folder_schema import DataPlaceRow, FolderRow, GrantRow, NotebookPlaceRow
from tenants.notebook_places import require_place
from tenants.source_schema import SourceRow
from tenants.visible_notebooks import list_visible

_MOST_SIGNS = 100
# Deeper than anybody keeps an overview of.
_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """A folder as the principal sees it. `path` begins at the first folder on the way to it that they may see."""

    id: str
    parent_id: str | None
    path: tuple[str, ...]
    is_restricted: bool
    may_edit: bool

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path[-1]


@permitted(Permission.NOTEBOOK_READ)
def list_folders(platform: Platform, principal: Principal) -> list[FolderFacts]:
    """The folders a principal may see, by path; one whose parent they may not see stands at the top."""
    levels = folder_levels(reading_of(principal))
    statement = select(FolderRow, levels.c.level).join(levels, levels.c.id == FolderRow.id)
    statement = statement.where(levels.c.level >= int(Level.VIEW))
    with platform.session() as session:
        rows = session.execute(statement, reader_values(principal)).tuples().all()
    by_id = {row.id: row for row, _ in rows}
    found = [
        FolderFacts(
            id=row.id,
            parent_id=row.parent_id if row.parent_id in by_id else None,
            path=_path(row, by_id),
            is_restricted=row.is_restricted,
            may_edit=level >= Level.EDIT,
        )
        for row, level in rows
    ]
    return sorted(found, key=lambda one: (tuple(name.casefold() for name in one.path), one.id))


@permitted(Permission.NOTEBOOK_WRITE)
def create_folder(
    platform: Platform, principal: Principal, name: str, *, parent_id: str | None = None, is_restricted: bool = False
) -> str:
    """Make a folder and return its id; a restricted one is its maker's alone. Raises InvalidError, ForbiddenError."""
    name = _checked(name)
    with platform.session() as session:
        require_edit(session, principal, parent_id)
        if parent_id is not None and _depth(session, parent_id) >= _DEEPEST:
            raise InvalidError(f"Folders lie in each other at most {_DEEPEST} deep.")
        row = FolderRow(
            id=new_id(),
            tenant_id=principal.tenant.id,
            name=name,
            parent_id=parent_id,
            is_restricted=is_restricted,
            created_at=platform.clock(),
            created_by=principal.email,
        )
        session.add(row)
        session.flush()
        if is_restricted and principal.member_id is not None:
            session.add(
                GrantRow(
                    id=new_id(),
                    tenant_id=principal.tenant.id,
                    folder_id=row.id,
                    member_id=principal.member_id,
                    level=int(Level.EDIT),
                )
            )
        _record(session, principal, row, None)
    return row.id


@permitted(Permission.NOTEBOOK_WRITE)
def change_folder(
    platform: Platform, principal: Principal, folder_id: str, *, name: str, parent_id: str | None = None
) -> None:
    """Name a folder and put it into another one, None being the top. Raises UserError with the reason."""
    name = _checked(name)
    with platform.session() as session:
        # Two who move folders into each other at once would make a circle: the second one waits, and sees the first.
        lock_members(session, principal.tenant.id)
        row = _require_folder(session, principal, folder_id)
        before = _described(row)
        if parent_id != row.parent_id:
            require_edit(session, principal, parent_id)
            if parent_id is not None and folder_id in _above(session, parent_id):
                raise ConflictError(f"{row.name} cannot lie in itself or in a folder of its own.")
        row.name, row.parent_id = name, parent_id
        _record(session, principal, row, before)


@permitted(Permission.NOTEBOOK_WRITE)
def remove_folder(platform: Platform, principal: Principal, folder_id: str) -> None:
    """Remove an empty folder. Raises ForbiddenError, ConflictError for one that holds something."""
    with platform.session() as session:
        row = _require_folder(session, principal, folder_id)
        held = _held(session, principal, folder_id)
        if held:
            raise ConflictError(f"{row.name} holds {held}, those in the trash included. Move them out first.")
        _close_places(session, folder_id)
        before = _described(row)
        session.delete(row)
        record_event(session, AuditAction.FOLDER_REMOVED, subject=row.name, principal=principal, before=before)


@permitted(Permission.NOTEBOOK_WRITE)
def place_notebook(platform: Platform, principal: Principal, name: str, *, folder_id: str | None = None) -> None:
    """Put a notebook into a folder, None being the top; it then has the folder's grants. Raises ForbiddenError."""
    with platform.session() as session:
        if level_of_notebook(session, principal, name) < Level.EDIT:
            seen = bool(list_visible(session, principal, names=[name]))
            raise ForbiddenError(
                f"You may read {name}, but not move it." if seen else f"There is no notebook {name!r} here."
            )
        require_edit(session, principal, folder_id)
        row = require_place(session, principal.tenant.id, name)
        before, row.folder_id = row.folder_id, folder_id
        data: dict[str, object] = {"from": _name(session, before), "to": _name(session, folder_id)}
        record_event(session, AuditAction.NOTEBOOK_MOVED, subject=name, principal=principal, data=data)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _MOST_SIGNS:
        raise InvalidError(f"A folder's name has 1 to {_MOST_SIGNS} characters; this one has {len(name)}.")
    return name


def _require_folder(session: Session, principal: Principal, folder_id: str) -> FolderRow:
    """A folder that the principal may change."""
    require_edit(session, principal, folder_id)
    return session.get_one(FolderRow, folder_id)


def require_edit(session: Session, principal: Principal, folder_id: str | None) -> None:
    """Raises ForbiddenError for a folder that is not there, or in which the principal may change nothing."""
    level = level_of_folder(session, principal, folder_id)
    if level is Level.NONE:
        raise ForbiddenError("There is no such folder here.")
    if level < Level.EDIT:
        raise ForbiddenError("You may look into this folder, but not change what it holds.")


def _held(session: Session, principal: Principal, folder_id: str) -> str:
    """What lies in a folder, in words; nothing where it is empty."""
    folders = select(func.count()).select_from(FolderRow).where(FolderRow.parent_id == folder_id)
    notebooks = select(func.count()).select_from(NotebookPlaceRow).where(NotebookPlaceRow.folder_id == folder_id)
    found = {"folder": session.scalar(folders) or 0, "notebook": session.scalar(notebooks) or 0}
    places = session.scalars(select(DataPlaceRow).where(DataPlaceRow.folder_id == folder_id)).all()
    found |= Counter(place.kind for place in places if _is_there(session, principal, place))
    return " and ".join(f"{count} {what}{'s' * (count != 1)}" for what, count in found.items() if count)


def _close_places(session: Session, folder_id: str) -> None:
    """Take what is not there any more out of a folder: what comes back under the name is for nobody yet."""
    of_folder = update(DataPlaceRow).where(DataPlaceRow.folder_id == folder_id)
    session.execute(of_folder.values(folder_id=None, is_restricted=True))


def _is_there(session: Session, principal: Principal, place: DataPlaceRow) -> bool:
    own = principal.tenant.id
    if place.kind == DataKind.MODEL:
        return place.name in {one.name for one in list_documents(session, own, DocumentKind.DEFINITION)}
    known = select(SourceRow.id).where(SourceRow.tenant_id == own, SourceRow.name == place.name)
    return session.scalar(known) is not None


def _above(session: Session, folder_id: str) -> set[str]:
    """A folder and those it lies in."""
    found: set[str] = set()
    at: str | None = folder_id
    while at is not None:
        found.add(at)
        at = session.get_one(FolderRow, at).parent_id
    return found


def _depth(session: Session, folder_id: str) -> int:
    return len(_above(session, folder_id))


def _path(row: FolderRow, by_id: dict[str, FolderRow]) -> tuple[str, ...]:
    path: list[str] = []
    at: FolderRow | None = row
    while at is not None:
        path.insert(0, at.name)
        at = by_id.get(at.parent_id or "")
    return tuple(path)


def _name(session: Session, folder_id: str | None) -> str | None:
    return None if folder_id is None else session.get_one(FolderRow, folder_id).name


def _described(row: FolderRow) -> dict[str, object]:
    return {"name": row.name, "parent": row.parent_id, "is_restricted": row.is_restricted}


def _record(session: Session, principal: Principal, row: FolderRow, before: dict[str, object] | None) -> None:
    session.flush()
    record_event(
        session,
        AuditAction.FOLDER_SAVED,
        subject=row.name,
        principal=principal,
        data={"folder": row.id},
        before=before,
        after=_described(row),
    )
