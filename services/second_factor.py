"""The second factor: time-based codes (TOTP, RFC 6238) of an authenticator app, and recovery codes for when it is lost.

A factor counts once a code of it was entered. No code is taken twice, and a code may be a step of 30 seconds off.
"""

import base64
import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.errors import ConflictError, InvalidError, UserError
from core.ids import new_token
from services.account_notice import tell_of_change
from services.permitted import permitted
from services.platform import Platform
from tenants import directory
from tenants.access import Permission, Principal
from tenants.access.links import token_hash
from tenants.audit import AuditAction, record_event
from tenants.changes import count_changed
from tenants.schema import RecoveryCodeRow, SecondFactorRow, SecondStepRow, SecretRow
from tenants.tenant import Tenant

_STEP_S = 30
_STEPS_OFF = 1
_CODES = 10
_CODE_BYTES = 10
_STEP_LIFETIME = dt.timedelta(minutes=5)
_TRIES = 5
_REMOVED = "your second factor was removed"


class SecondFactorNeeded(UserError):
    """The first step of a sign-in is done; `challenge` is what the browser brings back with the code."""

    code = "second_factor_needed"
    status = 401

    def __init__(self, challenge: str) -> None:
        super().__init__("Enter the code of your authenticator app, or a recovery code.")
        self.challenge = challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What an authenticator app needs: the key as text, and the address that its QR code holds."""

    key: str
    address: str


class EnrolmentNeeded(UserError):
    """The first step of a sign-in is done, and a second factor is demanded that there is not yet.

    `challenge` is what the browser brings back with a code of the app that knows the new key.
    """

    code = "enrolment_needed"
    status = 401

    def __init__(self, challenge: str, enrolment: Enrolment) -> None:
        super().__init__("Your organisation demands a second factor. Set it up to go on.")
        self.challenge, self.enrolment = challenge, enrolment


class SecondFactorRefused(UserError):
    """The code is wrong, was used already, or the sign-in took too long."""

    code = "second_factor_refused"
    status = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorState:
    """Whether a member has a second factor, and how many recovery codes are left."""

    is_on: bool
    codes_left: int


def factor_state(platform: Platform, principal: Principal) -> FactorState:
    """The member's own second factor."""
    member_id = own_id(principal)
    left = select(func.count()).where(RecoveryCodeRow.member_id == member_id, RecoveryCodeRow.used_at.is_(None))
    with platform.session() as session:
        return FactorState(is_on=has_factor(session, member_id), codes_left=session.scalar(left) or 0)


def begin_enrolment(platform: Platform, principal: Principal) -> Enrolment:
    """A new key, which counts once `confirm_enrolment` got a code of it. Raises ConflictError where one counts."""
    import pyotp

    member_id, key = own_id(principal), pyotp.random_base32()
    with platform.session() as session:
        if has_factor(session, member_id):
            raise ConflictError("You have a second factor already. Remove it before you set up another.")
        session.merge(SecondFactorRow(member_id=member_id, confirmed_at=None, last_step=0))
        platform.keep_secret(session, principal.tenant, _secret_name(member_id), key)
    return _enrolment(principal, key)


def pending_enrolment(platform: Platform, principal: Principal) -> Enrolment | None:
    """The enrolment that was begun last; None where there is none, or a factor counts already."""
    member_id = own_id(principal)
    with platform.session() as session:
        row = session.get(SecondFactorRow, member_id)
        key = platform.find_secret(session, principal.tenant, _secret_name(member_id))
    return None if row is None or row.confirmed_at is not None or key is None else _enrolment(principal, key)


def confirm_enrolment(platform: Platform, principal: Principal, code: str) -> tuple[str, ...]:
    """Put the new factor in force; returns the recovery codes, which are shown this once."""
    member_id = own_id(principal)
    with platform.session() as session:
        row = session.get(SecondFactorRow, member_id)
        if row is None or row.confirmed_at is not None:
            raise ConflictError("Begin to set up the second factor first.")
        if not _use_totp(platform, session, principal.tenant, member_id, code):
            raise InvalidError("This is not the code that the app shows now. Check its clock, and try again.")
        row.confirmed_at = platform.clock()
        session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.member_id == member_id))
        codes = tuple(_new_code() for _ in range(_CODES))
        session.add_all(RecoveryCodeRow(code_hash=token_hash(_plain(one)), member_id=member_id) for one in codes)
        record_event(session, AuditAction.SECOND_FACTOR_ADDED, subject=principal.email, principal=principal)
        tell_of_change(platform, session, principal, principal.email, what="a second factor was set up for you")
    return codes


def remove_factor(platform: Platform, principal: Principal, code: str) -> None:
    """Remove the member's own factor, which takes a code of it. Raises InvalidError."""
    member_id = own_id(principal)
    with platform.session() as session:
        is_right = use_code(platform, session, principal.tenant, member_id, code)
        if is_right:
            _remove(session, principal, member_id, principal.email)
            tell_of_change(platform, session, principal, principal.email, what=_REMOVED)
    if not is_right:
        raise InvalidError("This code is not right, or was used already. Nothing was changed.")


@permitted(Permission.SIGNIN_CONFIGURE)
def reset_factor(platform: Platform, principal: Principal, email: str) -> None:
    """Remove the factor of a member who lost it and the recovery codes. Raises ForbiddenError."""
    with platform.session() as session:
        member = directory.require_member(session, principal.tenant, email)
        _remove(session, principal, own_id(member), member.email)
        tell_of_change(platform, session, principal, member.email, what=_REMOVED)


def has_factor(session: Session, member_id: str) -> bool:
    """Whether a sign-in of the member takes a code."""
    row = session.get(SecondFactorRow, member_id)
    return row is not None and row.confirmed_at is not None


def use_code(platform: Platform, session: Session, tenant: Tenant, member_id: str, code: str) -> bool:
    """Whether a code, of the app or for recovery, is right; it is used up. Of two racing uses one wins."""
    if _use_totp(platform, session, tenant, member_id, code):
        return True
    statement = update(RecoveryCodeRow).where(
        RecoveryCodeRow.code_hash == token_hash(_plain(code)),
        RecoveryCodeRow.member_id == member_id,
        RecoveryCodeRow.used_at.is_(None),
    )
    return count_changed(session, statement.values(used_at=platform.clock())) == 1


def begin_step(session: Session, member_id: str, way: str, *, now: dt.datetime) -> str:
    """A token that stands for the first step of a sign-in, for five minutes."""
    token = new_token()
    session.execute(delete(SecondStepRow).where(SecondStepRow.expires_at <= now))
    expires_at = now + _STEP_LIFETIME
    session.add(SecondStepRow(token_hash=token_hash(token), member_id=member_id, way=way, expires_at=expires_at))
    return token


def try_step(session: Session, token: str, *, now: dt.datetime) -> tuple[str, str] | None:
    """Count a try of a first step: its member and way; None when there is none, or it was tried too often."""
    of_token = SecondStepRow.token_hash == token_hash(token)
    statement = update(SecondStepRow).where(of_token, SecondStepRow.expires_at > now, SecondStepRow.tries < _TRIES)
    if count_changed(session, statement.values(tries=SecondStepRow.tries + 1)) != 1:
        return None
    row = session.get_one(SecondStepRow, token_hash(token))
    return row.member_id, row.way


def end_step(session: Session, token: str) -> None:
    """Forget a first step, once its session has begun."""
    session.execute(delete(SecondStepRow).where(SecondStepRow.token_hash == token_hash(token)))


def own_id(principal: Principal) -> str:
    """The id of a member who acts on their own account.

    Raises InvalidError for the operator, who has none, ForbiddenError for somebody who looks as the member does.
    """
    principal.require_own_hand()
    if principal.member_id is None:
        raise InvalidError("The operator has no account; sign in as a member.")
    return principal.member_id


def _enrolment(principal: Principal, key: str) -> Enrolment:
    import pyotp

    address = pyotp.TOTP(key).provisioning_uri(name=principal.email, issuer_name=f"Plumbline {principal.tenant.name}")
    return Enrolment(key=key, address=address)


def _use_totp(platform: Platform, session: Session, tenant: Tenant, member_id: str, code: str) -> bool:
    import pyotp

    key = platform.find_secret(session, tenant, _secret_name(member_id))
    if key is None:
        return False
    given, now = code.replace(" ", ""), int(platform.clock().timestamp()) // _STEP_S
    codes = {step: pyotp.TOTP(key).generate_otp(step) for step in range(now - _STEPS_OFF, now + _STEPS_OFF + 1)}
    fitting = [step for step, expected in codes.items() if hmac.compare_digest(expected.encode(), given.encode())]
    if not fitting:
        return False
    statement = update(SecondFactorRow).where(
        SecondFactorRow.member_id == member_id, SecondFactorRow.last_step < fitting[-1]
    )
    return count_changed(session, statement.values(last_step=fitting[-1])) == 1


def _remove(session: Session, principal: Principal, member_id: str, email: str) -> None:
    for table in (SecondFactorRow, RecoveryCodeRow, SecondStepRow):
        session.execute(delete(table).where(table.member_id == member_id))
    name = _secret_name(member_id)
    session.execute(delete(SecretRow).where(SecretRow.tenant_id == principal.tenant.id, SecretRow.name == name))
    record_event(session, AuditAction.SECOND_FACTOR_REMOVED, subject=email, principal=principal)


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _plain(code: str) -> str:
    return code.strip().lower().replace("-", "").replace(" ", "")


def _secret_name(member_id: str) -> str:
    return f"totp/{member_id}"
