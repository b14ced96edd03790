"""Who receives a schedule, and which of them see the same: one render serves all readers of equal effective policy."""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.deliveries.spec import OUTSIDE, ROLE, TEAM, Schedule
from services.guests.outside import find_outside_reader
from services.platform import Platform
from services.policies import find_view
from tenants import directory
from tenants.access import Principal
from tenants.access.grants import Level, level_of_notebook
from tenants.delivery_schema import UnsubscribedRow
from tenants.teams import addresses_in
from tenants.tenant import Tenant


def list_recipients(platform: Platform, tenant: Tenant, schedule: Schedule) -> list[str]:
    """The addresses that are to get a schedule now, in order; who is no member any more or unsubscribed is left out."""
    named = schedule.plan.recipients
    with platform.session() as session:
        in_teams = _in_teams(session, tenant, named)
        members = directory.list_members(session, tenant)
        statement = select(UnsubscribedRow.recipient).where(UnsubscribedRow.schedule_id == schedule.id)
        unsubscribed = set(session.scalars(statement))
    found = {member.email for member in members if member.email in in_teams or is_listed_by_name(named, member)}
    return sorted((found | _outside(named)) - unsubscribed)


def find_readers(
    session: Session, tenant: Tenant, schedule: Schedule, addresses: Sequence[str]
) -> dict[str, Principal]:
    """With whose rights each of those addresses reads: a member's own, or as somebody outside whom the list names.

    Who is neither, or may not be written to any more, is not in the answer.
    """
    readers = directory.find_members(session, tenant, addresses)
    for address in _outside(schedule.plan.recipients).intersection(addresses) - readers.keys():
        outside = find_outside_reader(session, tenant, schedule.plan.notebook, address)
        if outside is not None:
            readers[address] = outside
    return readers


def gone_reason(schedule: Schedule, address: str) -> str:
    """Why an address has no reader."""
    if address in _outside(schedule.plan.recipients):
        return f"{address} is outside, and the organisation lets no deliveries go outside (Settings, Guests)."
    return f"{address} is no member any more."


def is_wanted(session: Session, schedule: Schedule, reader: Principal, address: str) -> bool:
    """Whether an address is to get a schedule: still on its list, and not unsubscribed."""
    if session.get(UnsubscribedRow, (schedule.id, address)) is not None:
        return False
    return address in _outside(schedule.plan.recipients) or is_listed(session, schedule.plan.recipients, reader)


def is_listed(session: Session, named: Sequence[str], member: Principal) -> bool:
    """Whether a list of recipients names a member: by address, by role, or by a team they are in."""
    return is_listed_by_name(named, member) or member.email in _in_teams(session, member.tenant, named)


def is_listed_by_name(named: Sequence[str], member: Principal) -> bool:
    """Whether a list of recipients names a member by address or role."""
    return member.email in named or any(f"{ROLE}{role}" in named for role in member.roles)


def may_read(session: Session, reader: Principal, notebook: str) -> bool:
    """Whether a reader may see the notebook of a schedule; an alert on a metric has none."""
    return not notebook or level_of_notebook(session, reader, notebook) >= Level.VIEW


def effective_key(platform: Platform, reader: Principal, notebook: str) -> str:
    """What tells readers apart who could see different things: grants, policies with their values, and permissions.

    Raises RefusedError for a policy that no longer fits the data.
    """
    with platform.session() as session:
        is_readable = may_read(session, reader, notebook)
    return key_of(platform, reader, is_readable=is_readable)


def key_of(platform: Platform, reader: Principal, *, is_readable: bool) -> str:
    """The effective key of a reader of whom it is known whether they may read the notebook. Raises RefusedError."""
    view = find_view(platform, reader)
    permissions = sorted(permission.value for permission in reader.permissions)
    facts = [None if view is None else view.key, permissions, is_readable, reader.guest is not None]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _outside(named: Sequence[str]) -> set[str]:
    return {one.removeprefix(OUTSIDE) for one in named if one.startswith(OUTSIDE)}


def _in_teams(session: Session, tenant: Tenant, named: Sequence[str]) -> set[str]:
    teams = [one.removeprefix(TEAM) for one in named if one.startswith(TEAM)]
    return addresses_in(session, tenant.id, teams) if teams else set()
