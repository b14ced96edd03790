"""The teams of a tenant: a tree with managers. A manager sees what everybody in the team and below it sees."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError, InvalidError
from core.ids import new_id
from core.names import suggestion
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.member_roles import lock_members
from tenants.audit import AuditAction, record_event
from tenants.schema import MemberRow
from tenants.team_schema import TeamMemberRow, TeamRow
from tenants.teams import TeamReach, find_reach, is_below

_MOST_SIGNS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFacts:
    """A team in the tree: its names from the top down, and the addresses of who is in it."""

    path: tuple[str, ...]
    managers: tuple[str, ...]
    members: tuple[str, ...]

    @property
    def name(self) -> str:
        """The team's own name."""
        return self.path[-1]

    @property
    def above(self) -> str | None:
        """The name of the team it belongs to."""
        return self.path[-2] if len(self.path) > 1 else None


@permitted(Permission.MEMBER_READ)
def list_teams(platform: Platform, principal: Principal) -> list[TeamFacts]:
    """The teams of the principal's tenant, each behind the one it belongs to, else by name."""
    with platform.session() as session:
        rows = session.scalars(select(TeamRow).where(TeamRow.tenant_id == principal.tenant.id)).all()
        statement = (
            select(TeamMemberRow.team_id, TeamMemberRow.is_manager, MemberRow.email)
            .join(MemberRow, MemberRow.id == TeamMemberRow.member_id)
            .where(TeamMemberRow.team_id.in_([row.id for row in rows]))
        )
        people = session.execute(statement.order_by(MemberRow.email)).tuples().all()
    return sorted(
        (
            TeamFacts(
                path=path,
                managers=tuple(email for team, is_manager, email in people if team == row.id and is_manager),
                members=tuple(email for team, is_manager, email in people if team == row.id and not is_manager),
            )
            for row, path in _with_paths(rows)
        ),
        key=lambda facts: facts.path,
    )


@permitted(Permission.MEMBER_MANAGE)
def save_team(
    platform: Platform,
    principal: Principal,
    *,
    name: str,
    was: str | None = None,
    above: str | None = None,
    managers: Collection[str],
    members: Collection[str],
) -> None:
    """Make a team, or change the one called `was`: its name, the team above it, and exactly who is in it.

    Who sees more by it does so at once. Raises InvalidError, ConflictError for a known name or a circle,
    ForbiddenError for a team or member that is not the tenant's.
    """
    name = " ".join(name.split())
    if not name or len(name) > _MOST_SIGNS:
        raise InvalidError(f"A team's name has 1 to {_MOST_SIGNS} characters; this one has {len(name)}.")
    with platform.session() as session, _keeping_own_reach(session, principal):
        row = None if was is None else _require(session, principal, was)
        upper = None if above is None else _require(session, principal, above)
        people = _people(session, principal, managers, members)
        before = None if row is None else _described(session, row)
        if name != was and _find(session, principal, name) is not None:
            raise ConflictError(f"There is a team {name} already.")
        if row is not None and upper is not None and is_below(session, upper.id, row.id):
            raise ConflictError(f"{upper.name} is {row.name} or lies below it; a team cannot belong to itself.")
        if row is None:
            row = TeamRow(id=new_id(), tenant_id=principal.tenant.id, created_at=platform.clock())
            session.add(row)
        row.name, row.parent_id = name, None if upper is None else upper.id
        session.flush()
        session.execute(delete(TeamMemberRow).where(TeamMemberRow.team_id == row.id))
        session.add_all(
            TeamMemberRow(team_id=row.id, member_id=member_id, is_manager=is_manager)
            for member_id, is_manager in people.items()
        )
        session.flush()
        after = _described(session, row)
        record_event(session, AuditAction.TEAM_SAVED, subject=name, principal=principal, before=before, after=after)


@permitted(Permission.MEMBER_MANAGE)
def remove_team(platform: Platform, principal: Principal, name: str) -> None:
    """Remove a team that has none below it; its people stay members. Raises ForbiddenError, ConflictError."""
    with platform.session() as session, _keeping_own_reach(session, principal):
        row = _require(session, principal, name)
        below = session.scalars(select(TeamRow.name).where(TeamRow.parent_id == row.id).order_by(TeamRow.name)).all()
        if below:
            raise ConflictError(f"{', '.join(below)} belong to {name}. Move or remove them first.")
        before = _described(session, row)
        session.delete(row)
        record_event(session, AuditAction.TEAM_REMOVED, subject=name, principal=principal, before=before)


@contextmanager
def _keeping_own_reach(session: Session, principal: Principal) -> Iterator[None]:
    """Nobody changes teams or members meanwhile; and nobody sees more of the rows by what they change themselves.

    Whoever may change the policies could see every row anyway.
    """
    lock_members(session, principal.tenant.id)
    before = _own_reach(session, principal)
    yield
    after = _own_reach(session, principal)
    gained = {*after.emails, *after.names} - {*before.emails, *before.names}
    if gained and not principal.can(Permission.POLICY_APPLY):
        raise ForbiddenError("You would see more rows by this, and nobody changes their own rights.")


def _own_reach(session: Session, principal: Principal) -> TeamReach:
    if principal.member_id is None:
        return TeamReach(emails=(), names=())
    return find_reach(session, principal.member_id, principal.email)


def _people(
    session: Session, principal: Principal, managers: Collection[str], members: Collection[str]
) -> dict[str, bool]:
    """Whether each is a manager, by the member's id; who is named as both is one."""
    wanted = {email.strip().lower(): False for email in members} | {email.strip().lower(): True for email in managers}
    statement = select(MemberRow.email, MemberRow.id).where(MemberRow.tenant_id == principal.tenant.id)
    known = dict(session.execute(statement).tuples().all())
    for email in wanted:
        if email not in known:
            raise ForbiddenError(f"There is no member {email!r} here. {suggestion(email, known)}")
    return {known[email]: is_manager for email, is_manager in wanted.items()}


def _find(session: Session, principal: Principal, name: str) -> TeamRow | None:
    return session.scalar(select(TeamRow).where(TeamRow.tenant_id == principal.tenant.id, TeamRow.name == name))


def _require(session: Session, principal: Principal, name: str) -> TeamRow:
    row = _find(session, principal, name)
    if row is None:
        known = session.scalars(select(TeamRow.name).where(TeamRow.tenant_id == principal.tenant.id)).all()
        raise ForbiddenError(f"There is no team {name!r} here. {suggestion(name, known)}")
    return row


def _described(session: Session, row: TeamRow) -> dict[str, object]:
    """A team as the audit log keeps it."""
    upper = None if row.parent_id is None else session.get_one(TeamRow, row.parent_id).name
    statement = (
        select(MemberRow.email, TeamMemberRow.is_manager)
        .join(TeamMemberRow, TeamMemberRow.member_id == MemberRow.id)
        .where(TeamMemberRow.team_id == row.id)
    )
    people = session.execute(statement.order_by(MemberRow.email)).tuples().all()
    return {
        "name": row.name,
        "above": upper,
        "managers": [email for email, is_manager in people if is_manager],
        "members": [email for email, is_manager in people if not is_manager],
    }


def _with_paths(rows: Sequence[TeamRow]) -> Iterator[tuple[TeamRow, tuple[str, ...]]]:
    by_id = {row.id: row for row in rows}
    for row in rows:
        path: list[str] = []
        at: TeamRow | None = row
        while at is not None:
            path.insert(0, at.name)
            at = by_id.get(at.parent_id or "")
        yield row, tuple(path)
