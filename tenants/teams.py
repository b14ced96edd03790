"""Teams as questions to the database: whom a member leads at every depth, and which teams a member belongs to."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import CTE, BindParameter, bindparam, exists, func, select
from sqlalchemy.orm import Session

from tenants.schema import MemberRow
from tenants.team_schema import TeamMemberRow, TeamRow

_IS_IN_A_TEAM = select(exists().where(TeamMemberRow.member_id == bindparam("member_id")))


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamReach:
    """What row policies know of a member's teams.

    `emails` is the member and everybody in the teams they manage and in those below, also who has left the company:
    their rows are still the team's. `names` is the teams the member is in, and those below the ones they manage.
    """

    emails: tuple[str, ...]
    names: tuple[str, ...]


def find_reach(session: Session, member_id: str, email: str) -> TeamReach:
    """A member's reach now."""
    # Asked for with every question of every reader, most of whom are in no team.
    if not session.scalar(_IS_IN_A_TEAM, {"member_id": member_id}):
        return TeamReach(emails=(email,), names=())
    led = teams_led(member_id)
    people = (
        select(MemberRow.email)
        .join(TeamMemberRow, TeamMemberRow.member_id == MemberRow.id)
        .where(TeamMemberRow.team_id.in_(select(led.c.id)))
    )
    own = select(TeamMemberRow.team_id).where(TeamMemberRow.member_id == member_id)
    names = select(TeamRow.name).where(TeamRow.id.in_(select(led.c.id).union(own)))
    return TeamReach(
        emails=tuple(sorted({email, *session.scalars(people)})), names=tuple(sorted(session.scalars(names)))
    )


def teams_led(member_id: str) -> CTE:
    """The `id` of each team that a member manages, and of each one below."""
    managed = select(TeamMemberRow.team_id.label("id")).where(
        TeamMemberRow.member_id == member_id, TeamMemberRow.is_manager
    )
    led = managed.cte("teams_led", recursive=True)
    return led.union(select(TeamRow.id).join(led, TeamRow.parent_id == led.c.id))


def teams_of(member_id: str | BindParameter[str]) -> CTE:
    """The `id` of each team that a member is in, and of each one above: whoever is in a team is in those above it."""
    own = select(TeamMemberRow.team_id.label("id")).where(TeamMemberRow.member_id == member_id)
    belongs = own.cte("teams_of", recursive=True)
    above = select(TeamRow.parent_id).join(belongs, TeamRow.id == belongs.c.id).where(TeamRow.parent_id.is_not(None))
    return belongs.union(above)


def addresses_in(session: Session, tenant_id: str, names: Collection[str]) -> set[str]:
    """The addresses of the active members of those teams and of the teams below them, managers among them."""
    below = (
        select(TeamRow.id)
        .where(TeamRow.tenant_id == tenant_id, TeamRow.name.in_(names))
        .cte("in_teams", recursive=True)
    )
    below = below.union(select(TeamRow.id).join(below, TeamRow.parent_id == below.c.id))
    statement = (
        select(MemberRow.email)
        .join(TeamMemberRow, TeamMemberRow.member_id == MemberRow.id)
        .where(TeamMemberRow.team_id.in_(select(below.c.id)), MemberRow.is_active)
    )
    return set(session.scalars(statement))


def team_names(session: Session, tenant_id: str) -> list[str]:
    """The names of a tenant's teams, in order."""
    return list(session.scalars(select(TeamRow.name).where(TeamRow.tenant_id == tenant_id).order_by(TeamRow.name)))


def is_below(session: Session, team_id: str, other_id: str) -> bool:
    """Whether a team is another one, or lies below it at any depth."""
    below = select(TeamRow.id).where(TeamRow.id == other_id).cte("below", recursive=True)
    below = below.union(select(TeamRow.id).join(below, TeamRow.parent_id == below.c.id))
    return bool(session.scalar(select(func.count()).select_from(below).where(below.c.id == team_id)))
