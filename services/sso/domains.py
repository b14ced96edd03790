"""E-mail domains a tenant has proved to be its own by a TXT record. One proved domain belongs to one tenant."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError, InvalidError, RefusedError
from core.ids import new_token
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.schema import DomainRow

# The texts of the TXT records of a name; none where there is no such name.
Resolver = Callable[[str], Sequence[str]]
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+{_LABEL}")
_PREFIX = "plumbline-domain="


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A claimed domain and the TXT record that proves it."""

    name: str
    record: str
    is_verified: bool


@permitted(Permission.SIGNIN_CONFIGURE)
def claim_domain(platform: Platform, principal: Principal, name: str) -> Domain:
    """Begin to prove a domain; says which TXT record to add. Raises InvalidError, ForbiddenError."""
    name = _normal(name)
    with platform.session() as session:
        row = session.get(DomainRow, (principal.tenant.id, name))
        if row is None:
            row = DomainRow(tenant_id=principal.tenant.id, domain=name, challenge=new_token())
            session.add(row)
            record_event(
                session, AuditAction.SIGNIN_CONFIGURED, subject=name, principal=principal, data={"domain": "claimed"}
            )
        return _domain(row)


@permitted(Permission.SIGNIN_CONFIGURE)
def verify_domain(platform: Platform, principal: Principal, name: str, *, resolve: Resolver | None = None) -> Domain:
    """Look for the TXT record. Raises RefusedError where it is missing, ConflictError for another's domain."""
    name = _normal(name)
    with platform.session() as session:
        row = session.get(DomainRow, (principal.tenant.id, name))
        if row is None:
            raise ForbiddenError(f"{name} is not claimed. Claim it first.")
        expected = _PREFIX + row.challenge
    if expected not in (resolve or resolve_txt)(name):
        raise RefusedError(f'{name} has no TXT record "{expected}" yet. Add it, wait a few minutes, and check again.')
    with platform.session() as session:
        holder = session.scalar(select(DomainRow.tenant_id).where(DomainRow.verified == name))
        if holder not in {None, principal.tenant.id}:
            raise ConflictError(f"{name} is proved by another organisation. Ask the operator to release it there.")
        row = session.get_one(DomainRow, (principal.tenant.id, name))
        row.verified, row.verified_at = name, platform.clock()
        record_event(
            session, AuditAction.SIGNIN_CONFIGURED, subject=name, principal=principal, data={"domain": "verified"}
        )
        return _domain(row)


@permitted(Permission.SIGNIN_CONFIGURE)
def release_domain(platform: Platform, principal: Principal, name: str) -> None:
    """Give a domain up; nobody signs in by it any more."""
    with platform.session() as session:
        statement = delete(DomainRow).where(
            DomainRow.tenant_id == principal.tenant.id, DomainRow.domain == _normal(name)
        )
        session.execute(statement)
        record_event(
            session, AuditAction.SIGNIN_CONFIGURED, subject=name, principal=principal, data={"domain": "released"}
        )


@permitted(Permission.SIGNIN_CONFIGURE)
def list_domains(platform: Platform, principal: Principal) -> list[Domain]:
    """The tenant's domains by name."""
    statement = select(DomainRow).where(DomainRow.tenant_id == principal.tenant.id).order_by(DomainRow.domain)
    with platform.session() as session:
        return [_domain(row) for row in session.scalars(statement)]


def holder_of(session: Session, email: str) -> str | None:
    """The id of the tenant that has proved an address's domain. A subdomain is a domain of its own."""
    domain = email.strip().lower().rpartition("@")[2]
    return session.scalar(select(DomainRow.tenant_id).where(DomainRow.verified == domain)) if domain else None


def resolve_txt(name: str) -> list[str]:
    """The TXT records of a name from the system's DNS servers."""
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=5.0)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise RefusedError(f"The records of {name} cannot be read now: {error}. Check again later.") from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _normal(name: str) -> str:
    try:
        normal = name.strip().lower().rstrip(".").encode("idna").decode()
    except UnicodeError:
        normal = ""
    if not _DOMAIN.fullmatch(normal) or len(normal) > 253:
        raise InvalidError(f"{name!r} is not a domain, such as example.com.")
    return normal


def _domain(row: DomainRow) -> Domain:
    return Domain(name=row.domain, record=_PREFIX + row.challenge, is_verified=row.verified is not None)
