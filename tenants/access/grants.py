"""The one policy of who may see and change which notebooks and folders, as a part of the metadata's own queries.

It answers "may I?" and "which may I see?" alike, so that lists, counts and pages are exact. A folder or notebook gives
what is granted on it, and what the folder it lies in gives, unless it is restricted; the top gives everybody edit. A
grant never gives what the roles lack: to change needs `notebook:write` beside it, to see `notebook:read`.
"""

from enum import IntEnum

from sqlalchemy import CTE, ColumnElement, Integer, ScalarSelect, Subquery, case, func, literal, or_, select
from sqlalchemy.orm import Session

from tenants.access.permissions import Permission
from tenants.access.principal import Principal
from tenants.folder_schema import FolderRow, GrantRow, NotebookPlaceRow
from tenants.schema import DocumentRow
from tenants.teams import teams_of

_NOTEBOOK = "notebook"


class Level(IntEnum):
    """How far a grant goes; a higher level holds the lower ones."""

    NONE = 0
    VIEW = 1
    EDIT = 2


def notebook_levels(principal: Principal) -> Subquery:
    """The `name` and `level` of every notebook of the principal's tenant; join it and ask for a level."""
    tenant_id = principal.tenant.id
    own = (DocumentRow.tenant_id == tenant_id, DocumentRow.kind == _NOTEBOOK)
    names = select(DocumentRow.name).where(*own).distinct().subquery("notebook_names")
    if principal.can(Permission.FOLDER_MANAGE):
        return select(names.c.name, _capped(_level(Level.EDIT), principal)).subquery("notebook_levels")
    policy = _Policy(principal)
    folders, place = policy.folders(), NotebookPlaceRow
    inherited = case(
        (place.is_restricted.is_(True), int(Level.NONE)),
        (place.folder_id.is_(None), int(Level.EDIT)),
        else_=func.coalesce(folders.c.level, int(Level.NONE)),
    )
    level = _greater(policy.granted(GrantRow.notebook == names.c.name), inherited)
    return (
        select(names.c.name, _capped(level, principal))
        .select_from(names)
        .outerjoin(place, (place.tenant_id == tenant_id) & (place.name == names.c.name))
        .outerjoin(folders, folders.c.id == place.folder_id)
        .subquery("notebook_levels")
    )


def folder_levels(principal: Principal) -> Subquery:
    """The `id` and `level` of every folder of the principal's tenant."""
    if principal.can(Permission.FOLDER_MANAGE):
        every = select(FolderRow.id, _capped(_level(Level.EDIT), principal))
        return every.where(FolderRow.tenant_id == principal.tenant.id).subquery("folder_levels")
    folders = _Policy(principal).folders()
    return select(folders.c.id, _capped(folders.c.level, principal)).subquery("capped_levels")


def level_of_notebook(session: Session, principal: Principal, name: str) -> Level:
    """What the principal may do with a notebook; nothing where there is none."""
    levels = notebook_levels(principal)
    return Level(session.scalar(select(levels.c.level).where(levels.c.name == name)) or 0)


def level_of_folder(session: Session, principal: Principal, folder_id: str | None) -> Level:
    """What the principal may do with a folder; None is the top."""
    if folder_id is None:
        return _most(principal)
    levels = folder_levels(principal)
    return Level(session.scalar(select(levels.c.level).where(levels.c.id == folder_id)) or 0)


class _Policy:
    """The parts of one statement for one principal: the teams it speaks of are asked for once."""

    def __init__(self, principal: Principal) -> None:
        self._tenant_id = principal.tenant.id
        is_everyone = GrantRow.member_id.is_(None) & GrantRow.team_id.is_(None)
        self._speaks: ColumnElement[bool] = is_everyone
        if principal.member_id is not None:
            teams = teams_of(principal.member_id)
            is_own = or_(GrantRow.member_id == principal.member_id, GrantRow.team_id.in_(select(teams.c.id)))
            self._speaks = or_(is_everyone, is_own)

    def granted(self, on: ColumnElement[bool]) -> ScalarSelect[int]:
        """The highest level that is granted to the principal on something, itself alone."""
        highest = func.coalesce(func.max(GrantRow.level), int(Level.NONE))
        own = (GrantRow.tenant_id == self._tenant_id, on, self._speaks)
        return select(highest).where(*own).scalar_subquery()

    def folders(self) -> CTE:
        """The level of each folder, from the top down."""
        granted = self.granted(GrantRow.folder_id == FolderRow.id)
        at_top = _greater(granted, case((FolderRow.is_restricted, int(Level.NONE)), else_=int(Level.EDIT)))
        is_at_top = (FolderRow.tenant_id == self._tenant_id, FolderRow.parent_id.is_(None))
        folders = select(FolderRow.id, at_top.label("level")).where(*is_at_top).cte("folder_levels", recursive=True)
        inherited = case((FolderRow.is_restricted, int(Level.NONE)), else_=folders.c.level)
        below = select(FolderRow.id, _greater(granted, inherited)).join(folders, FolderRow.parent_id == folders.c.id)
        return folders.union_all(below)


def _most(principal: Principal) -> Level:
    """The most that any grant gives a principal."""
    if principal.can(Permission.NOTEBOOK_WRITE):
        return Level.EDIT
    return Level.VIEW if principal.can(Permission.NOTEBOOK_READ) else Level.NONE


def _capped(level: ColumnElement[int], principal: Principal) -> ColumnElement[int]:
    most = _level(_most(principal))
    return case((level > most, most), else_=level).label("level")


def _greater(one: ColumnElement[int] | ScalarSelect[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one >= other, one), else_=other)


def _level(level: Level) -> ColumnElement[int]:
    return literal(int(level), Integer)
