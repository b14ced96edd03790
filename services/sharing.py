"""Who may see, comment and change a folder or notebook: said on it, and read from there by the one policy of grants."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from core.errors import ForbiddenError, InvalidError
from core.ids import new_id
from core.names import suggestion
from services.permitted import permitted
from services.platform import Platform
from tenants import directory
from tenants.access import Permission, Principal
from tenants.access.grants import Level, level_of_folder, level_of_notebook
from tenants.audit import AuditAction, record_event
from tenants.folder_schema import FolderRow, GrantRow, NotebookPlaceRow
from tenants.granted import EVERYONE, TEAM, list_granted
from tenants.notebook_places import require_place
from tenants.schema import MemberRow
from tenants.team_schema import TeamRow

_MOST = 500
_LEVELS = {"view": Level.VIEW, "comment": Level.COMMENT, "edit": Level.EDIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Who may do what with a thing: `grants` is `view`, `comment` or `edit`, by address, team or everyone.

    What is not restricted has the grants of the folder it lies in beside them; at the top, which is None, everybody may
    edit.
    """

    is_restricted: bool
    grants: Mapping[str, str]
    folder_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFacts:
    """One grant: on which folder, notebook, model or source, to whom, and how far it goes."""

    kind: str
    name: str
    to: str
    level: str


@permitted(Permission.NOTEBOOK_WRITE)
def describe_sharing(
    platform: Platform, principal: Principal, *, notebook: str | None = None, folder_id: str | None = None
) -> Sharing:
    """The sharing of a notebook or a folder that the principal may change. Raises ForbiddenError, InvalidError."""
    with platform.session() as session:
        thing = _require(session, principal, notebook, folder_id)
        return thing.sharing(session)


@permitted(Permission.NOTEBOOK_WRITE)
def share(
    platform: Platform,
    principal: Principal,
    *,
    notebook: str | None = None,
    folder_id: str | None = None,
    is_restricted: bool,
    grants: Mapping[str, str],
) -> None:
    """Say who may see, comment and change a notebook or a folder, in place of what was said before.

    `grants` gives `view`, `comment` or `edit` to members by address, to `team:NAME` (who is in it or below it), or to
    `everyone`.
    Raises ForbiddenError for what is not there, and for one who would lock themselves out; InvalidError.
    """
    with platform.session() as session:
        thing = _require(session, principal, notebook, folder_id)
        before = thing.sharing(session)
        thing.restrict(session, is_restricted=is_restricted)
        session.execute(delete(GrantRow).where(GrantRow.tenant_id == principal.tenant.id, thing.on))
        on = {"notebook": thing.notebook, "folder_id": thing.folder_id}
        session.add_all(grant_rows(session, principal, grants, on=on))
        session.flush()
        if thing.level(session) < Level.EDIT:
            raise ForbiddenError("You would lock yourself out. Keep edit for yourself, or ask an administrator.")
        after = thing.sharing(session)
        record_event(
            session,
            AuditAction.GRANTS_CHANGED,
            subject=thing.label,
            principal=principal,
            data={"kind": thing.kind},
            before=told(before),
            after=told(after),
        )


@permitted(Permission.NOTEBOOK_WRITE)
def list_addressees(platform: Platform, principal: Principal) -> list[str]:
    """Whom something can be shared with: everyone, the teams, and the active members by address."""
    with platform.session() as session:
        teams = session.scalars(
            select(TeamRow.name).where(TeamRow.tenant_id == principal.tenant.id).order_by(TeamRow.name)
        ).all()
        members = [member.email for member in directory.list_members(session, principal.tenant)]
    return [EVERYONE, *(f"{TEAM}{team}" for team in teams), *members]


@permitted(Permission.FOLDER_MANAGE)
def list_grants(platform: Platform, principal: Principal) -> list[GrantFacts]:
    """Every grant of the tenant, by folder, model, notebook and source."""
    own = principal.tenant.id
    with platform.session() as session:
        granted = list_granted(session, GrantRow.tenant_id == own)
        statement = select(FolderRow.id, FolderRow.name).where(FolderRow.tenant_id == own)
        folders = dict(session.execute(statement).tuples().all())
    found = [GrantFacts(**_named(row, folders), to=to, level=level) for row, to, level in granted]
    return sorted(found, key=lambda one: (one.kind, one.name, one.to))


def _named(row: GrantRow, folders: Mapping[str, str]) -> dict[str, str]:
    """The kind and the name of what a grant is on."""
    for kind, name in (("notebook", row.notebook), ("model", row.model), ("source", row.source)):
        if name is not None:
            return {"kind": kind, "name": name}
    return {"kind": "folder", "name": folders[row.folder_id or ""]}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thing:
    """A folder or a notebook that the principal may change."""

    principal: Principal
    kind: str
    label: str
    notebook: str | None = None
    folder_id: str | None = None

    @property
    def on(self) -> ColumnElement[bool]:
        """The condition of its grants."""
        return GrantRow.notebook == self.notebook if self.notebook is not None else GrantRow.folder_id == self.folder_id

    def level(self, session: Session) -> Level:
        if self.notebook is not None:
            return level_of_notebook(session, self.principal, self.notebook)
        return level_of_folder(session, self.principal, self.folder_id)

    def sharing(self, session: Session) -> Sharing:
        granted = list_granted(session, GrantRow.tenant_id == self.principal.tenant.id, self.on)
        row = self._row(session)
        grants = dict(sorted((to, level) for _, to, level in granted))
        folder_id = row.folder_id if isinstance(row, NotebookPlaceRow) else row.parent_id
        return Sharing(is_restricted=row.is_restricted, grants=grants, folder_id=folder_id)

    def restrict(self, session: Session, *, is_restricted: bool) -> None:
        self._row(session).is_restricted = is_restricted

    def _row(self, session: Session) -> FolderRow | NotebookPlaceRow:
        if self.notebook is not None:
            return require_place(session, self.principal.tenant.id, self.notebook)
        return session.get_one(FolderRow, self.folder_id)


def _require(session: Session, principal: Principal, notebook: str | None, folder_id: str | None) -> _Thing:
    """What absent and forbidden things are is told the same."""
    if (notebook is None) == (folder_id is None):
        raise InvalidError("Name either a notebook or a folder.")
    if notebook is not None:
        thing = _Thing(principal=principal, kind="notebook", label=notebook, notebook=notebook)
        if thing.level(session) < Level.EDIT:
            raise ForbiddenError(f"There is no notebook {notebook!r} here that you may share.")
        return thing
    if level_of_folder(session, principal, folder_id) < Level.EDIT:
        raise ForbiddenError("There is no such folder here that you may share.")
    label = session.get_one(FolderRow, folder_id).name
    return _Thing(principal=principal, kind="folder", label=label, folder_id=folder_id)


def grant_rows(
    session: Session, principal: Principal, grants: Mapping[str, str], *, on: Mapping[str, str | None]
) -> list[GrantRow]:
    """The rows that say what is granted, as in `share`; `on` names the thing by its column."""
    if len(grants) > _MOST:
        raise InvalidError(f"At most {_MOST} are named on one thing; give it to a team instead.")
    known = _Known(session, principal)
    rows = []
    for to, word in grants.items():
        if word not in _LEVELS:
            raise InvalidError(f"{word!r} is neither view, comment nor edit.")
        row = GrantRow(id=new_id(), tenant_id=principal.tenant.id, level=int(_LEVELS[word]), **on)
        known.name(row, to)
        rows.append(row)
    return rows


class _Known:
    """The members and teams that a grant can name."""

    def __init__(self, session: Session, principal: Principal) -> None:
        own = principal.tenant.id
        members = select(MemberRow.email, MemberRow.id).where(MemberRow.tenant_id == own)
        teams = select(TeamRow.name, TeamRow.id).where(TeamRow.tenant_id == own)
        self._members = dict(session.execute(members).tuples().all())
        self._teams = dict(session.execute(teams).tuples().all())

    def name(self, row: GrantRow, to: str) -> None:
        """Let a grant speak of somebody. Raises ForbiddenError with the nearest names."""
        if to == EVERYONE:
            return
        if to.startswith(TEAM):
            row.team_id = _require_known(to.removeprefix(TEAM), self._teams, "team")
        else:
            row.member_id = _require_known(to.strip().lower(), self._members, "member")


def _require_known(name: str, known: Mapping[str, str], what: str) -> str:
    if name not in known:
        raise ForbiddenError(f"There is no {what} {name!r} here. {suggestion(name, known)}")
    return known[name]


def told(sharing: Sharing) -> dict[str, object]:
    """A sharing as the audit log has it."""
    return {"is_restricted": sharing.is_restricted, "grants": dict(sharing.grants), "folder": sharing.folder_id}
