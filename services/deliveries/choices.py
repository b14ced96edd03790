"""Whom somebody who makes a schedule or an alert can name."""

from dataclasses import dataclass

from services.deliveries.spec import ROLE, TEAM
from services.guests.rules import load_rules
from services.permitted import permitted
from services.platform import Platform
from tenants import directory
from tenants.access import Permission, Principal
from tenants.access.tenant_roles import list_roles
from tenants.teams import team_names


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientChoices:
    """Roles, teams and members as a list of recipients names them, and whether it may name addresses outside."""

    names: tuple[str, ...]
    may_leave: bool


@permitted(Permission.SCHEDULE_MANAGE)
def recipient_choices(platform: Platform, principal: Principal) -> RecipientChoices:
    """The choices of the principal's tenant, roles and teams first."""
    tenant = principal.tenant
    with platform.session() as session:
        roles = [f"{ROLE}{role.name}" for role in list_roles(session, tenant.id)]
        teams = [f"{TEAM}{name}" for name in team_names(session, tenant.id)]
        members = [member.email for member in directory.list_members(session, tenant)]
        may_leave = load_rules(session, tenant.id).has_deliveries
    return RecipientChoices(names=(*roles, *teams, *members), may_leave=may_leave)
