"""A tenant's demand that whoever signs in by password or link has a second factor, and setting one up on the way in.

Who comes by an identity provider is left to its own second factor. That no session without one answers where it is
demanded is kept where sessions are found: `tenants/access/sessions.py`.
"""

import hmac
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from core.errors import ConflictError, UserError
from services.permitted import permitted
from services.platform import Platform
from services.second_factor import (
    Enrolment,
    SecondFactorRefused,
    confirm_enrolment,
    end_step,
    has_factor,
    pending_enrolment,
    try_step,
)
from services.signin import SPENT_STEP, start_member_session
from tenants import directory
from tenants.access import Permission, Principal
from tenants.access.signin_policy import is_factor_demanded
from tenants.audit import AuditAction, record_event
from tenants.schema import MemberRow, SecondFactorRow, SigninPolicyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorDemand:
    """Whether a second factor is demanded, and how many of the active members lack one."""

    is_demanded: bool
    members: int
    without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """The cookie value of the new session, and the recovery codes, which are shown this once."""

    token: str
    codes: tuple[str, ...]


class EnrolmentRefused(UserError):
    """The code is not one of the key that was shown; the same key is shown again."""

    code = "enrolment_refused"
    status = 401

    def __init__(self, message: str, enrolment: Enrolment) -> None:
        super().__init__(message)
        self.enrolment = enrolment


@permitted(Permission.SIGNIN_CONFIGURE)
def describe_factor_demand(platform: Platform, principal: Principal) -> FactorDemand:
    """What is demanded of the principal's tenant, and whom that would lead to set one up."""
    own = (MemberRow.tenant_id == principal.tenant.id, MemberRow.is_active.is_(True))
    has_one = exists().where(SecondFactorRow.member_id == MemberRow.id, SecondFactorRow.confirmed_at.is_not(None))
    with platform.session() as session:
        return FactorDemand(
            is_demanded=is_factor_demanded(session, principal.tenant.id),
            members=_count(session, *own),
            without=_count(session, *own, ~has_one),
        )


@permitted(Permission.SIGNIN_CONFIGURE)
def demand_factor(platform: Platform, principal: Principal, *, is_demanded: bool) -> None:
    """Demand a second factor of who signs in by password or link, or lift that. Their sessions without one end.

    Raises ConflictError for a member who demands it and has none.
    """
    tenant = principal.tenant
    with platform.session() as session:
        if is_demanded and principal.member_id is not None and not has_factor(session, principal.member_id):
            raise ConflictError("Set up a second factor of your own first, on the page Your account.")
        session.merge(SigninPolicyRow(tenant_id=tenant.id, is_factor_demanded=is_demanded))
        data = {"factor_demanded": is_demanded}
        record_event(session, AuditAction.SIGNIN_CONFIGURED, subject=tenant.slug, principal=principal, data=data)


def enrol_with_code(platform: Platform, challenge: str, key: str, code: str) -> Enrolled:
    """Put the factor in force that the first step of a sign-in has led to, and sign in.

    `key` is the one that this browser was shown: where another sign-in has made a new one since, that is told to nobody
    else, and this one begins again.

    Raises SecondFactorRefused, EnrolmentRefused.
    """
    with platform.session() as session:
        step = try_step(session, challenge, now=platform.clock())
        row = session.get(MemberRow, step[0]) if step else None
        if step is None or row is None or not row.is_active:
            raise SecondFactorRefused(SPENT_STEP)
        member = directory.principal(session, directory.tenant_of(session, row.tenant_id), row)
    # None also for who has a factor in force: its code is asked for, and no other factor takes its place.
    enrolment = pending_enrolment(platform, member)
    if enrolment is None or not hmac.compare_digest(enrolment.key.encode(), key.encode()):
        raise SecondFactorRefused(SPENT_STEP)
    try:
        codes = confirm_enrolment(platform, member, code)
    except UserError as error:
        raise EnrolmentRefused(error.message, enrolment) from error
    with platform.session() as session:
        end_step(session, challenge)
    return Enrolled(token=start_member_session(platform, step[0], step[1]), codes=codes)


def _count(session: Session, *which: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(MemberRow).where(*which)
    return session.scalar(statement) or 0
