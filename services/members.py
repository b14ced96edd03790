"""The members of a tenant: invited, given roles and attributes, deactivated and taken back."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.errors import ConflictError, ForbiddenError, InvalidError
from services.letter import require_mail, send_letter
from services.organisation import add_member
from services.permitted import permitted, require_holding
from services.platform import Platform
from services.signin import create_signin_link
from tenants import directory
from tenants.access import Permission, Principal, Role
from tenants.access.member_roles import give_roles, lock_members, require_other_admin, roles_by_member
from tenants.access.tenant_roles import permissions_of_roles, require_roles
from tenants.audit import AuditAction, record_event
from tenants.schema import MemberRow, SessionRow, SigninLinkRow
from tenants.seats import count_seats, require_seat

_MOST_VALUES = 100
_MOST_SIGNS = 200
# What a policy may ask of a member beside the attributes that are given.
_KNOWN = frozenset({"email", "name", "team_emails", "team_names"})


class MemberState(StrEnum):
    """Invited until the first sign-in, active from then on, deactivated when an administrator has said so."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    INVITED = "invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFacts:
    """A member in a list; `seen_at` is None for who has not signed in yet."""

    id: str
    email: str
    name: str
    roles: tuple[str, ...]
    attributes: Mapping[str, object]
    state: MemberState
    seen_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A one-time link for a member, and the mail that tells of it: sent, or to be sent by hand.

    `problem` says why a mail was not taken.
    """

    email: str
    link: str
    subject: str
    text: str
    is_sent: bool = False
    problem: str = ""


@permitted(Permission.MEMBER_READ)
def describe_members(platform: Platform, principal: Principal) -> list[MemberFacts]:
    """All members of the principal's tenant by address, deactivated ones too."""
    seen = select(SessionRow.member_id, func.max(SessionRow.seen_at)).group_by(SessionRow.member_id)
    of_tenant = select(MemberRow).where(MemberRow.tenant_id == principal.tenant.id).order_by(MemberRow.email)
    with platform.session() as session:
        rows = session.scalars(of_tenant).all()
        roles = roles_by_member(session, [row.id for row in rows])
        found = session.execute(seen.where(SessionRow.member_id.in_(roles))).tuples()
        last: dict[str, dt.datetime] = dict(found.all())
    return [_facts(row, roles[row.id], last.get(row.id)) for row in rows]


@permitted(Permission.MEMBER_ADD)
def invite_member(
    platform: Platform, principal: Principal, *, email: str, name: str, role: str, by_mail: bool = False
) -> Invitation:
    """A new member who signs in with the link of the invitation first. Raises InvalidError, ConflictError."""
    if by_mail:
        require_mail(platform)
    member = add_member(platform, principal, email=email, name=name, role=role)
    return _invitation(platform, principal, member, by_mail=by_mail)


@permitted(Permission.MEMBER_ADD)
def invite_again(platform: Platform, principal: Principal, member_id: str, *, by_mail: bool = False) -> Invitation:
    """A new link for an active member who has none that works. Raises ForbiddenError, ConflictError, InvalidError."""
    if by_mail:
        require_mail(platform)
    with platform.session() as session:
        row = _require(session, principal, member_id)
        if not row.is_active:
            raise ConflictError(f"{row.email} is deactivated. Take them back first.")
        member = directory.principal(session, principal.tenant, row)
        # Whoever makes a link could use it: nobody makes one for a person who may do more than they do.
        require_holding(principal, member.permissions)
    return _invitation(platform, principal, member, by_mail=by_mail)


@permitted(Permission.MEMBER_MANAGE)
def change_roles(platform: Platform, principal: Principal, member_id: str, roles: Collection[str]) -> None:
    """Give a member exactly these roles, at once. Raises InvalidError, ForbiddenError, ConflictError."""
    with platform.session() as session:
        row = _require_other(session, principal, member_id)
        wanted = require_roles(session, principal.tenant.id, sorted(set(roles)))
        [before] = roles_by_member(session, [row.id]).values()
        after = tuple(role.name for role in wanted)
        # What is taken away counts as well: who may do less does not strip who may do more.
        given = {permission for role in wanted for permission in role.permissions}
        require_holding(principal, given | permissions_of_roles(session, principal.tenant.id, before))
        if Role.ADMIN in before and Role.ADMIN not in after and row.is_active:
            require_other_admin(session, principal.tenant.id, row.id)
        give_roles(session, row.id, after)
        _record(session, principal, AuditAction.MEMBER_CHANGED, row, {"roles": before}, {"roles": after})


@permitted(Permission.MEMBER_MANAGE)
def change_attributes(
    platform: Platform, principal: Principal, member_id: str, attributes: Mapping[str, Collection[str]]
) -> None:
    """Put attributes, which row policies use, in place of those a member had. Raises InvalidError, ForbiddenError."""
    after = {name.strip(): attribute_values(name, values) for name, values in attributes.items()}
    with platform.session() as session:
        row = _require_other(session, principal, member_id)
        before, row.attributes = row.attributes, dict(after)
        _record(session, principal, AuditAction.MEMBER_CHANGED, row, {"attributes": before}, {"attributes": after})


@permitted(Permission.MEMBER_MANAGE)
def deactivate_member(platform: Platform, principal: Principal, member_id: str) -> None:
    """Let a member in no more: sessions and links end at once; what they made stays.

    Raises ForbiddenError, ConflictError for the only administrator.
    """
    with platform.session() as session:
        row = _require_other(session, principal, member_id)
        if not row.is_active:
            raise ConflictError(f"{row.email} is deactivated already.")
        [roles] = roles_by_member(session, [row.id]).values()
        require_holding(principal, permissions_of_roles(session, principal.tenant.id, roles))
        if Role.ADMIN in roles:
            require_other_admin(session, principal.tenant.id, row.id)
        row.is_active = False
        ended = update(SessionRow).where(SessionRow.member_id == row.id, SessionRow.ended_at.is_(None))
        session.execute(ended.values(ended_at=platform.clock()))
        session.execute(delete(SigninLinkRow).where(SigninLinkRow.member_id == row.id))
        session.flush()
        _record(session, principal, AuditAction.MEMBER_DEACTIVATED, row)


@permitted(Permission.MEMBER_MANAGE)
def reactivate_member(platform: Platform, principal: Principal, member_id: str) -> None:
    """Let a deactivated member in again, with the roles they had. Raises ForbiddenError, ConflictError, SeatsTaken."""
    with platform.session() as session:
        row = _require_other(session, principal, member_id)
        if row.is_active:
            raise ConflictError(f"{row.email} is active already.")
        [roles] = roles_by_member(session, [row.id]).values()
        require_holding(principal, permissions_of_roles(session, principal.tenant.id, roles))
        require_seat(session, principal.tenant.id)
        row.is_active = True
        session.flush()
        _record(session, principal, AuditAction.MEMBER_REACTIVATED, row)


def find_member_id(platform: Platform, principal: Principal, email: str) -> str:
    """The id of the member of that address, also of a deactivated one. Raises ForbiddenError."""
    known = {member.email: member.id for member in describe_members(platform, principal)}
    if email.strip().lower() not in known:
        raise ForbiddenError(f"There is no member {email!r} here.")
    return known[email.strip().lower()]


def _require(session: Session, principal: Principal, member_id: str) -> MemberRow:
    row = session.get(MemberRow, member_id)
    if row is None or row.tenant_id != principal.tenant.id:
        raise ForbiddenError("There is no such member here.")
    return row


def _require_other(session: Session, principal: Principal, member_id: str) -> MemberRow:
    """A member of the tenant who is not the one who asks; nobody else changes members until the transaction ends."""
    lock_members(session, principal.tenant.id)
    row = _require(session, principal, member_id)
    if row.id == principal.member_id:
        raise ForbiddenError("Nobody changes their own rights. Ask another administrator.")
    return row


def attribute_values(name: str, values: Collection[str]) -> list[str]:
    """The values of an attribute that row policies may ask for, tidied. Raises InvalidError."""
    if not name.strip().isidentifier() or name.strip() in _KNOWN:
        known = ", ".join(sorted(_KNOWN))
        raise InvalidError(f"{name!r} cannot be an attribute: use a word such as regions, other than {known}.")
    found = [value.strip() for value in values if value.strip()]
    if len(found) > _MOST_VALUES or any(len(value) > _MOST_SIGNS for value in found):
        raise InvalidError(f"The attribute {name} may have {_MOST_VALUES} values of {_MOST_SIGNS} characters.")
    return found


def _invitation(platform: Platform, principal: Principal, member: Principal, *, by_mail: bool) -> Invitation:
    link = create_signin_link(platform, member)
    tenant, hours = principal.tenant.name, platform.settings.signin_link_hours
    text = (
        f"Hello {member.name},\n\n{principal.name} invites you to {tenant} on Plumbline. Sign in with this link, which "
        f"works once and within {hours} hours:\n\n{link}\n\nIf you did not expect this, delete this mail.\n"
    )
    invitation = Invitation(email=member.email, link=link, subject=f"Your invitation to {tenant}", text=text)
    return _mailed(platform, principal, invitation) if by_mail else invitation


def _mailed(platform: Platform, principal: Principal, invitation: Invitation) -> Invitation:
    """The invitation with how its mail went."""
    outcome = send_letter(
        platform, principal.tenant, invitation.email, subject=invitation.subject, text=invitation.text
    )
    data: dict[str, object] = {"is_sent": outcome.is_sent, "said": outcome.said}
    with platform.session() as session:
        record_event(session, AuditAction.INVITATION_SENT, subject=invitation.email, principal=principal, data=data)
    return replace(invitation, is_sent=outcome.is_sent, problem="" if outcome.is_sent else outcome.said)


def _facts(row: MemberRow, roles: tuple[str, ...], seen_at: dt.datetime | None) -> MemberFacts:
    state = MemberState.ACTIVE if seen_at is not None or row.password_hash is not None else MemberState.INVITED
    return MemberFacts(
        id=row.id,
        email=row.email,
        name=row.name,
        roles=roles,
        attributes=row.attributes,
        state=state if row.is_active else MemberState.DEACTIVATED,
        seen_at=None if seen_at is None else as_utc(seen_at),
    )


def _record(
    session: Session,
    principal: Principal,
    action: AuditAction,
    row: MemberRow,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    usage = None if action == AuditAction.MEMBER_CHANGED else count_seats(session, principal.tenant.id)
    record_event(session, action, subject=row.email, principal=principal, before=before, after=after, usage=usage)
