"""What a provider's identity becomes here: a member, made on the first sign-in, with the role of their groups."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.platform import Platform
from services.sso.configuration import Joining
from services.sso.domains import holder_of
from services.sso.errors import SsoRefused
from services.sso.identity import Identity
from services.sso.providers import Provider
from tenants import directory
from tenants.access import Role
from tenants.access.member_roles import give_roles, is_last_admin, lock_members, roles_by_member
from tenants.audit import AuditAction, record_event
from tenants.schema import IdentityRow, MemberRow
from tenants.seats import count_seats


def admit(platform: Platform, provider: Provider, identity: Identity) -> str:
    """The id of the member a provider speaks of, made where there is none yet. Raises SsoRefused, SeatsTaken."""
    with platform.session() as session:
        return _member(session, provider, identity).id


def _member(session: Session, provider: Provider, identity: Identity) -> MemberRow:
    # A tenant's provider may speak of that tenant's own domains only, also when it knows the person already.
    if holder_of(session, identity.email) != provider.tenant.id:
        raise SsoRefused("foreign_domain", "This e-mail address is not of a domain your organisation has proved.")
    known = session.get(IdentityRow, (provider.id, identity.subject))
    member = session.get_one(MemberRow, known.member_id) if known else _linked(session, provider, identity)
    if not member.is_active:
        raise SsoRefused("deactivated", "Your administrator has deactivated this membership.")
    _follow_groups(session, provider, member, identity)
    return member


def _linked(session: Session, provider: Provider, identity: Identity) -> MemberRow:
    """The member of that address, tied to the subject from now on; a new one where there is none."""
    statement = select(MemberRow).where(MemberRow.tenant_id == provider.tenant.id, MemberRow.email == identity.email)
    member = session.scalar(statement)
    if member is None:
        role = role_of(provider.configuration, identity.groups) or provider.configuration.default_role
        made = directory.add_member(session, provider.tenant, email=identity.email, name=identity.name, role=role)
        record_event(
            session,
            AuditAction.MEMBER_ADDED,
            subject=made.email,
            principal=made,
            data={"role": role, "way": provider.name},
            usage=count_seats(session, provider.tenant.id),
        )
        member = session.get_one(MemberRow, made.member_id)
    taken = select(IdentityRow.subject).where(
        IdentityRow.provider_id == provider.id, IdentityRow.member_id == member.id
    )
    if session.scalar(taken) is not None:
        # The address was given to another person there; the membership is still the first one's.
        raise SsoRefused("address_reused", "This e-mail address belonged to another account at your provider.")
    session.add(IdentityRow(provider_id=provider.id, subject=identity.subject, member_id=member.id))
    return member


def role_of(configuration: Joining, groups: tuple[str, ...]) -> str | None:
    """The role of the first group of the mapping that a person is in; None where none is."""
    return next((role for group, role in configuration.role_of_group.items() if group in groups), None)


def _follow_groups(session: Session, provider: Provider, member: MemberRow, identity: Identity) -> None:
    """Where groups are mapped they decide the role at each sign-in; the last administrator stays one."""
    if not provider.configuration.role_of_group:
        return
    role = role_of(provider.configuration, identity.groups) or provider.configuration.default_role
    [before] = roles_by_member(session, [member.id]).values()
    if before == (role,):
        return
    lock_members(session, member.tenant_id)
    if Role.ADMIN in before and is_last_admin(session, member.tenant_id, member.id):
        return
    give_roles(session, member.id, [role])
    principal = directory.principal(session, provider.tenant, member)
    data = {"before": " and ".join(before), "role": role, "way": provider.name}
    record_event(session, AuditAction.MEMBER_CHANGED, subject=principal.email, principal=principal, data=data)
