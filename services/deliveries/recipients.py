"""Who receives a schedule, and which of them see the same: one render serves all readers of equal effective policy."""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.deliveries.schedules import ROLE
from services.deliveries.spec import Schedule
from services.platform import Platform
from services.policies import find_view
from tenants import directory
from tenants.access import Principal
from tenants.access.grants import Level, level_of_notebook
from tenants.delivery_schema import UnsubscribedRow
from tenants.tenant import Tenant


def list_recipients(platform: Platform, tenant: Tenant, schedule: Schedule) -> list[str]:
    """The addresses that are to get a schedule now, in order; who is no member any more or unsubscribed is left out."""
    with platform.session() as session:
        members = directory.list_members(session, tenant)
        statement = select(UnsubscribedRow.recipient).where(UnsubscribedRow.schedule_id == schedule.id)
        unsubscribed = set(session.scalars(statement))
    return [member.email for member in members if is_named(schedule, member) and member.email not in unsubscribed]


def is_wanted(session: Session, schedule: Schedule, member: Principal) -> bool:
    """Whether a member is to get a schedule: still on its list, and not unsubscribed."""
    has_left = session.get(UnsubscribedRow, (schedule.id, member.email)) is not None
    return is_named(schedule, member) and not has_left


def is_named(schedule: Schedule, member: Principal) -> bool:
    """Whether a schedule's list names a member."""
    return is_listed(schedule.plan.recipients, member)


def is_listed(named: Sequence[str], member: Principal) -> bool:
    """Whether a list of recipients names a member, by address or role."""
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
    facts = [None if view is None else view.key, permissions, is_readable]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
