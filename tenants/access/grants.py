"""The one policy of who may see, comment and change which notebooks and folders, as a part of the metadata's queries.

It answers "may I?" and "which may I see?" alike, so that lists, counts and pages are exact. A folder or notebook gives
what is granted on it, and what the folder it lies in gives, unless it is restricted; the top gives everybody edit. A
grant never gives what the roles lack: to change needs `notebook:write` beside it, to see and comment `notebook:read`.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    String,
    Subquery,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from tenants.access.permissions import Permission
from tenants.access.principal import Principal
from tenants.folder_schema import DataPlaceRow, FolderRow, GrantRow, NotebookPlaceRow
from tenants.schema import DocumentRow
from tenants.teams import teams_of

_NOTEBOOK = "notebook"
TENANT_ID: BindParameter[str] = bindparam("reader_tenant", type_=String)
MEMBER_ID: BindParameter[str] = bindparam("reader_member", type_=String)
SHOWN: BindParameter[str] = bindparam("reader_shown", type_=String)


class Level(IntEnum):
    """How far a grant goes; a higher level holds the lower ones."""

    NONE = 0
    VIEW = 1
    COMMENT = 2
    EDIT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What of a principal decides which statement is asked. Who it is, is bound: `reader_values`."""

    manages: bool
    is_member: bool
    most: Level
    is_guest: bool = False


def reading_of(principal: Principal) -> Reading:
    """How a principal reads notebooks and folders."""
    is_member = principal.member_id is not None
    return Reading(
        manages=principal.can(Permission.FOLDER_MANAGE),
        is_member=is_member,
        most=_most(principal),
        is_guest=principal.guest is not None,
    )


def reader_values(principal: Principal) -> dict[str, str | None]:
    """The values that the statements of this module are asked with; without them they raise."""
    shown = principal.guest.notebook if principal.guest is not None else None
    return {TENANT_ID.key: principal.tenant.id, MEMBER_ID.key: principal.member_id, SHOWN.key: shown}


def notebook_levels(reading: Reading) -> Subquery:
    """The `name` and `level` of every notebook of the reader's tenant; join it and ask for a level."""
    own = (DocumentRow.tenant_id == TENANT_ID, DocumentRow.kind == _NOTEBOOK)
    names = select(DocumentRow.name).where(*own).distinct().subquery("notebook_names")
    if reading.is_guest:
        shown = case((names.c.name == SHOWN, int(Level.VIEW)), else_=int(Level.NONE))
        return select(names.c.name, _capped(shown, reading)).subquery("notebook_levels")
    if reading.manages:
        return select(names.c.name, _capped(_level(Level.EDIT), reading)).subquery("notebook_levels")
    policy = GrantPolicy(reading)
    folders, place = policy.folders(), NotebookPlaceRow
    level = greater(policy.granted(GrantRow.notebook == names.c.name), inherited_level(place, folders))
    return (
        select(names.c.name, _capped(level, reading))
        .select_from(names)
        .outerjoin(place, (place.tenant_id == TENANT_ID) & (place.name == names.c.name))
        .outerjoin(folders, folders.c.id == place.folder_id)
        .subquery("notebook_levels")
    )


def folder_levels(reading: Reading) -> Subquery:
    """The `id` and `level` of every folder of the reader's tenant; none is a guest's."""
    if reading.is_guest:
        none = select(FolderRow.id, _level(Level.NONE).label("level"))
        return none.where(FolderRow.tenant_id == TENANT_ID).subquery("folder_levels")
    if reading.manages:
        every = select(FolderRow.id, _capped(_level(Level.EDIT), reading))
        return every.where(FolderRow.tenant_id == TENANT_ID).subquery("folder_levels")
    folders = GrantPolicy(reading).folders()
    return select(folders.c.id, _capped(folders.c.level, reading)).subquery("capped_levels")


def level_of_notebook(session: Session, principal: Principal, name: str) -> Level:
    """What the principal may do with a notebook; nothing where there is none."""
    found = session.scalar(_one_notebook(reading_of(principal)), {**reader_values(principal), "notebook": name})
    return Level(found or 0)


@cache
def _one_notebook(reading: Reading) -> Select[tuple[int]]:
    levels = notebook_levels(reading)
    return select(levels.c.level).where(levels.c.name == bindparam("notebook"))


def level_of_folder(session: Session, principal: Principal, folder_id: str | None) -> Level:
    """What the principal may do with a folder; None is the top."""
    if folder_id is None:
        return _most(principal)
    levels = folder_levels(reading_of(principal))
    found = session.scalar(select(levels.c.level).where(levels.c.id == folder_id), reader_values(principal))
    return Level(found or 0)


class GrantPolicy:
    """The parts of one statement for one reader: the teams it speaks of are asked for once."""

    def __init__(self, reading: Reading) -> None:
        is_everyone = GrantRow.member_id.is_(None) & GrantRow.team_id.is_(None)
        self._speaks: ColumnElement[bool] = is_everyone
        if reading.is_member:
            teams = teams_of(MEMBER_ID)
            is_own = or_(GrantRow.member_id == MEMBER_ID, GrantRow.team_id.in_(select(teams.c.id)))
            self._speaks = or_(is_everyone, is_own)

    def granted(self, on: ColumnElement[bool]) -> ScalarSelect[int]:
        """The highest level that is granted to the principal on something, itself alone."""
        highest = func.coalesce(func.max(GrantRow.level), int(Level.NONE))
        own = (GrantRow.tenant_id == TENANT_ID, on, self._speaks)
        return select(highest).where(*own).scalar_subquery()

    def folders(self) -> CTE:
        """The level of each folder, from the top down."""
        granted = self.granted(GrantRow.folder_id == FolderRow.id)
        at_top = greater(granted, case((FolderRow.is_restricted, int(Level.NONE)), else_=int(Level.EDIT)))
        is_at_top = (FolderRow.tenant_id == TENANT_ID, FolderRow.parent_id.is_(None))
        folders = select(FolderRow.id, at_top.label("level")).where(*is_at_top).cte("folder_levels", recursive=True)
        inherited = case((FolderRow.is_restricted, int(Level.NONE)), else_=folders.c.level)
        below = select(FolderRow.id, greater(granted, inherited)).join(folders, FolderRow.parent_id == folders.c.id)
        return folders.union_all(below)


def _most(principal: Principal) -> Level:
    """The most that any grant gives a principal."""
    if principal.can(Permission.NOTEBOOK_WRITE):
        return Level.EDIT
    return Level.COMMENT if principal.can(Permission.NOTEBOOK_READ) else Level.NONE


def _capped(level: ColumnElement[int], reading: Reading) -> ColumnElement[int]:
    most = _level(reading.most)
    return case((level > most, most), else_=level).label("level")


def inherited_level(place: type[NotebookPlaceRow | DataPlaceRow], folders: CTE) -> ColumnElement[int]:
    """What a thing has from the folder it lies in; `place` and `folders` are joined to it, and may be missing."""
    return case(
        (place.is_restricted.is_(True), int(Level.NONE)),
        (place.folder_id.is_(None), int(Level.EDIT)),
        else_=func.coalesce(folders.c.level, int(Level.NONE)),
    )


def greater(one: ColumnElement[int] | ScalarSelect[int], other: ColumnElement[int]) -> ColumnElement[int]:
    """The higher of two levels."""
    return case((one >= other, one), else_=other)


def _level(level: Level) -> ColumnElement[int]:
    return literal(int(level), Integer)
