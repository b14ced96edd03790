"""Who speaks for a tenant's directory, and what it may do to a member: never shut out the last administrator."""

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.sso.admission import role_of
from services.sso.providers import tenant_providers
from tenants.access import Permission, Principal, Role
from tenants.access.member_roles import (
    give_roles,
    is_last_admin,
    lock_members,
    require_other_admin,
    roles_by_member,
)
from tenants.access.sessions import end_sessions
from tenants.audit import AuditAction, record_event
from tenants.schema import MemberRow, SigninLinkRow
from tenants.scim_schema import DirectoryGroupMemberRow, DirectoryGroupRow
from tenants.seats import count_seats, require_seat
from tenants.tenant import Tenant

_NAME = "directory"


def directory_principal(tenant: Tenant) -> Principal:
    """A tenant's directory as the one who asks."""
    return Principal(
        tenant=tenant,
        member_id=None,
        email=_NAME,
        name="Directory",
        roles=(_NAME,),
        permissions=frozenset({Permission.MEMBER_MANAGE}),
    )


def set_active(session: Session, principal: Principal, member: MemberRow, *, is_active: bool, now: dt.datetime) -> None:
    """Let a member in, or shut them out: sessions and links end at once. Raises ConflictError, SeatsTaken."""
    if member.is_active == is_active:
        return
    lock_members(session, member.tenant_id)
    if not is_active:
        if Role.ADMIN in _roles(session, member):
            require_other_admin(session, member.tenant_id, member.id)
        end_sessions(session, member.id, now=now)
        session.execute(delete(SigninLinkRow).where(SigninLinkRow.member_id == member.id))
    else:
        require_seat(session, member.tenant_id)
    member.is_active = is_active
    session.flush()
    action = AuditAction.MEMBER_REACTIVATED if is_active else AuditAction.MEMBER_DEACTIVATED
    usage = count_seats(session, member.tenant_id)
    record_event(session, action, subject=member.email, principal=principal, usage=usage)


def follow_groups(session: Session, principal: Principal, member: MemberRow) -> None:
    """Where a provider of the tenant maps groups, those of the directory decide the role; the last administrator stays.

    Of several providers the first that maps one of the member's groups decides.
    """
    statement = (
        select(DirectoryGroupRow.name, DirectoryGroupRow.external_id)
        .join(DirectoryGroupMemberRow, DirectoryGroupMemberRow.group_id == DirectoryGroupRow.id)
        .where(DirectoryGroupMemberRow.member_id == member.id)
    )
    groups = tuple(name for pair in session.execute(statement) for name in pair if name)
    mapped = [
        one.configuration for one in tenant_providers(session, member.tenant_id) if one.configuration.role_of_group
    ]
    if not mapped:
        return
    found = (role_of(configuration, groups) for configuration in mapped)
    role = next((one for one in found if one), mapped[0].default_role)
    before = _roles(session, member)
    if before == (role,):
        return
    lock_members(session, member.tenant_id)
    if Role.ADMIN in before and is_last_admin(session, member.tenant_id, member.id):
        return
    give_roles(session, member.id, [role])
    record_change(session, principal, member, {"roles": before}, {"roles": [role]})


def record_change(
    session: Session, principal: Principal, member: MemberRow, before: dict[str, object], after: dict[str, object]
) -> None:
    """Put on record what the directory changed of a member."""
    record_event(
        session, AuditAction.MEMBER_CHANGED, subject=member.email, principal=principal, before=before, after=after
    )


def _roles(session: Session, member: MemberRow) -> tuple[str, ...]:
    [roles] = roles_by_member(session, [member.id]).values()
    return roles
