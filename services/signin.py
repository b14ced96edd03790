"""Sign-in by password or one-time link, with the code of a second factor, and the sessions that follow."""

import datetime as dt
import threading

from sqlalchemy import ColumnElement, delete, func, select

from core.errors import UserError
from core.ids import new_id
from core.origin import current_network
from services.platform import Platform
from services.second_factor import (
    EnrolmentNeeded,
    SecondFactorNeeded,
    SecondFactorRefused,
    begin_enrolment,
    begin_step,
    end_step,
    has_factor,
    try_step,
    use_code,
)
from tenants import directory
from tenants.access.links import create_link, find_link, redeem_link
from tenants.access.passwords import verify_password
from tenants.access.principal import Principal
from tenants.access.sessions import end_session, find_session, provider_of, start_session
from tenants.access.signin_policy import is_factor_demanded, is_sso_only
from tenants.audit import AuditAction, record_event
from tenants.schema import MemberRow, SigninAttemptRow
from tenants.seats import count_seats

# Within the window: guesses at one address from one network, from one network at all addresses (spraying), and at one
# address from everywhere. A stranger's ten guesses lock the stranger out, not the member.
_ATTEMPTS = 10
_ATTEMPTS_OF_NETWORK = 50
_ATTEMPTS_AT_ADDRESS = 100
_WINDOW = dt.timedelta(minutes=15)
_LINK_IS_SPENT = "This sign-in link was used already or has expired. Ask for a new one."
SPENT_STEP = "This sign-in took too long or was tried too often. Begin it again."
_counting = threading.Lock()


class SigninRefused(UserError):
    """The credentials do not sign anybody in; the message does not tell why."""

    code = "signin_refused"
    status = 401


class SigninLocked(UserError):
    """Too many wrong passwords for one address, or from one network; holds whether or not the address exists."""

    code = "signin_locked"
    status = 429


def sign_in_with_password(platform: Platform, email: str, password: str) -> str:
    """The cookie value of a new session. Raises SigninRefused, SigninLocked, SecondFactorNeeded, EnrolmentNeeded.

    An address may belong to members of several tenants; the password decides which.
    """
    email = email.strip().lower()[:254]
    now = platform.clock()
    count_attempt(platform, email, now)
    with platform.session() as session:
        statement = select(MemberRow).where(MemberRow.email == email, MemberRow.is_active).order_by(MemberRow.id)
        members = list(session.scalars(statement))
        # Where single sign-on is demanded a password opens nothing; it is still compared, which takes the same time.
        closed = {member.tenant_id for member in members if is_sso_only(session, member.tenant_id)}
    hashes = [member.password_hash for member in members] or [None]
    memory_mib = platform.settings.password_memory_mib
    matches = [verify_password(password, password_hash, memory_mib=memory_mib) for password_hash in hashes]
    matches = [is_match and member.tenant_id not in closed for is_match, member in zip(matches, members, strict=False)]
    if not any(matches):
        with platform.session() as session:
            record_event(session, AuditAction.SIGNIN_REFUSED, subject=email)
        raise SigninRefused("This e-mail address and password do not match. Check both, or use a sign-in link.")
    member = members[matches.index(True)]
    token = _finish_first_step(platform, member.id, "password")
    forget_attempts(platform, email)
    return token


def find_link_member(platform: Platform, token: str) -> Principal:
    """Whom a link would sign in; it stays unused. Raises SigninRefused."""
    with platform.session() as session:
        member_id = find_link(session, token, now=platform.clock())
        member = session.get(MemberRow, member_id) if member_id else None
        if member is None or not member.is_active:
            raise SigninRefused(_LINK_IS_SPENT)
        return directory.principal(session, directory.tenant_of(session, member.tenant_id), member)


def sign_in_with_link(platform: Platform, token: str) -> str:
    """The cookie value of a new session.

    Raises SigninRefused for a link used or too old, SecondFactorNeeded, EnrolmentNeeded.
    """
    now = platform.clock()
    with platform.session() as session:
        member_id = redeem_link(session, token, now=now)
        member = session.get(MemberRow, member_id) if member_id else None
        if member is None or not member.is_active:
            record_event(session, AuditAction.SIGNIN_REFUSED, subject="link")
    if member is None or not member.is_active:
        raise SigninRefused(_LINK_IS_SPENT)
    return _finish_first_step(platform, member.id, "link")


def sign_in_with_code(platform: Platform, challenge: str, code: str) -> str:
    """The cookie value of a new session, by the code that its first step lacked.

    Raises SecondFactorRefused, SigninLocked. A wrong code counts as a wrong password does.
    """
    now = platform.clock()
    with platform.session() as session:
        step = try_step(session, challenge, now=now)
        member = session.get(MemberRow, step[0]) if step else None
    if step is None or member is None or not member.is_active:
        raise SecondFactorRefused(SPENT_STEP)
    count_attempt(platform, member.email, now)
    with platform.session() as session:
        tenant = directory.tenant_of(session, member.tenant_id)
        # A key that was never confirmed is no factor yet.
        is_right = has_factor(session, member.id) and use_code(platform, session, tenant, member.id, code)
        if is_right:
            end_step(session, challenge)
        else:
            data = {"reason": "code"}
            record_event(
                session, AuditAction.SIGNIN_REFUSED, subject=member.email, tenant_id=member.tenant_id, data=data
            )
    if not is_right:
        raise SecondFactorRefused("This code is not right, or was used already. Wait for the next one, and try again.")
    forget_attempts(platform, member.email)
    return start_member_session(platform, member.id, step[1])


def create_signin_link(platform: Platform, member: Principal) -> str:
    """The address that signs a member in once."""
    lifetime = dt.timedelta(hours=platform.settings.signin_link_hours)
    with platform.session() as session:
        token = create_link(session, _member_id(member), now=platform.clock(), lifetime=lifetime)
    return f"{platform.settings.address}/signin/{token}"


def find_principal(platform: Platform, cookie: str | None, *, is_use: bool = True) -> Principal | None:
    """Who a cookie value belongs to, or None; `is_use` puts the session's idle limit off."""
    if not cookie:
        return None
    idle = dt.timedelta(minutes=platform.settings.session_idle_minutes)
    with platform.session() as session:
        return find_session(session, cookie, now=platform.clock(), idle=idle, is_use=is_use)


def sign_out(platform: Platform, cookie: str | None) -> str | None:
    """End the session of a cookie value; does nothing for one that is unknown or has ended.

    Returns the id of the identity provider it came from, where the person may want to sign out as well.
    """
    principal = find_principal(platform, cookie)
    if principal is None or cookie is None:
        return None
    with platform.session() as session:
        end_session(session, cookie, now=platform.clock())
        record_event(session, AuditAction.SESSION_ENDED, subject=principal.email, principal=principal)
        return provider_of(session, cookie)


def start_member_session(platform: Platform, member_id: str, way: str, *, provider_id: str | None = None) -> str:
    """The cookie value of a new session of a member whom `way` has proved to be there."""
    lifetime = dt.timedelta(hours=platform.settings.session_hours)
    with platform.session() as session:
        token = start_session(
            session, member_id, now=platform.clock(), lifetime=lifetime, way=way, provider_id=provider_id
        )
        row = session.get_one(MemberRow, member_id)
        principal = directory.principal(session, directory.tenant_of(session, row.tenant_id), row)
        record_event(
            session,
            AuditAction.SESSION_STARTED,
            subject=principal.email,
            principal=principal,
            data={"way": way},
            # In a month without a change of members nothing else would tell how many there were.
            usage=count_seats(session, row.tenant_id),
        )
    return token


def _finish_first_step(platform: Platform, member_id: str, way: str) -> str:
    """A session, where no second factor is there nor demanded. Raises SecondFactorNeeded, EnrolmentNeeded."""
    with platform.session() as session:
        row = session.get_one(MemberRow, member_id)
        member = directory.principal(session, directory.tenant_of(session, row.tenant_id), row)
        has_one, is_demanded = has_factor(session, member_id), is_factor_demanded(session, row.tenant_id)
        challenge = begin_step(session, member_id, way, now=platform.clock()) if has_one or is_demanded else ""
    if has_one:
        raise SecondFactorNeeded(challenge)
    if is_demanded:
        raise EnrolmentNeeded(challenge, begin_enrolment(platform, member))
    return start_member_session(platform, member_id, way)


def forget_attempts(platform: Platform, email: str) -> None:
    """Count the attempts at an address from this network anew."""
    own = (SigninAttemptRow.email == email, SigninAttemptRow.network == current_network())
    with platform.session() as session:
        session.execute(delete(SigninAttemptRow).where(*own))


def count_attempt(platform: Platform, email: str, now: dt.datetime) -> None:
    """Count an attempt before it is judged, so that many at once get no more guesses than one after the other.

    Raises SigninLocked.
    """
    network = current_network()
    at_address, of_network = SigninAttemptRow.email == email, SigninAttemptRow.network == network
    with _counting, platform.session() as session:

        def count(*which: ColumnElement[bool]) -> int:
            statement = select(func.count()).select_from(SigninAttemptRow)
            return session.scalar(statement.where(SigninAttemptRow.at > now - _WINDOW, *which)) or 0

        is_locked = (
            count(at_address, of_network) >= _ATTEMPTS
            or count(at_address) >= _ATTEMPTS_AT_ADDRESS
            or (network != "" and count(of_network) >= _ATTEMPTS_OF_NETWORK)
        )
        if not is_locked:
            session.add(SigninAttemptRow(id=new_id(), email=email, network=network, at=now))
    if is_locked:
        minutes = int(_WINDOW.total_seconds() // 60)
        raise SigninLocked(f"Too many attempts. Try again in {minutes} minutes.")


def _member_id(member: Principal) -> str:
    if member.member_id is None:
        raise SigninRefused("Only a member can have a sign-in link.")
    return member.member_id
