"""Tenants and their members in the metadata database."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import ConflictError, ForbiddenError, InvalidError
from core.ids import new_id
from core.names import suggestion
from core.secrets import Secret, new_key, wrap
from tenants.access.member_roles import give_roles, roles_by_member
from tenants.access.principal import Principal
from tenants.access.tenant_roles import permissions_of_roles, require_roles
from tenants.schema import MemberRow, TenantRow
from tenants.seats import require_seat
from tenants.tenant import Tenant

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,62}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MOST_SIGNS = 200
_AT_ONCE = 1_000
_LONGEST_EMAIL = 254


def create_tenant(
    session: Session,
    master: Secret,
    *,
    slug: str,
    name: str,
    zone: str = "UTC",
    currency: str = "USD",
    accent: str = "#0f6b5c",
    calendar_day: dt.date | None = None,
    region: str = "",
) -> Tenant:
    """A new tenant with a key of its own. Raises InvalidError, ConflictError."""
    if not _SLUG.fullmatch(slug):
        raise InvalidError(
            f"{slug!r} cannot be a tenant's short name: use 2 to 63 lower-case letters, digits and hyphens, "
            "beginning with a letter."
        )
    check_tenant(name=name, zone=zone, currency=currency, accent=accent)
    if session.scalar(select(TenantRow.id).where(TenantRow.slug == slug)) is not None:
        raise ConflictError(f"There is a tenant {slug} already.")
    tenant_id = new_id()
    row = TenantRow(
        id=tenant_id,
        slug=slug,
        name=name.strip(),
        zone=zone,
        currency=currency,
        accent=accent,
        fiscal_start_month=1,
        week_start=0,
        calendar_day=calendar_day,
        wrapped_key=wrap(master, new_key(), context=tenant_id),
        created_at=utc_now(),
        region=region,
    )
    session.add(row)
    session.flush()
    return tenant_from(row)


def check_tenant(*, name: str, zone: str, currency: str, accent: str) -> None:
    """Raises InvalidError for what no tenant can say of itself."""
    if not name.strip():
        raise InvalidError("A tenant needs a name.")
    if len(name.strip()) > _MOST_SIGNS:
        raise InvalidError(f"The name has {len(name.strip())} characters; it may have at most {_MOST_SIGNS}.")
    if zone not in zoneinfo.available_timezones():
        raise InvalidError(f"{zone!r} is not a time zone. {suggestion(zone, zoneinfo.available_timezones())}")
    if not _CURRENCY.fullmatch(currency):
        raise InvalidError(f"{currency!r} is not a currency code; use three capital letters such as EUR.")
    if not _COLOUR.fullmatch(accent):
        raise InvalidError(f"{accent!r} is not a colour; write it as #rrggbb.")


def list_tenants(session: Session) -> list[Tenant]:
    """All tenants by short name."""
    return [tenant_from(row) for row in session.scalars(select(TenantRow).order_by(TenantRow.slug))]


def require_tenant(session: Session, slug: str) -> Tenant:
    """The tenant of that short name. Raises InvalidError with the nearest names."""
    row = session.scalar(select(TenantRow).where(TenantRow.slug == slug))
    if row is None:
        known = session.scalars(select(TenantRow.slug)).all()
        raise InvalidError(f"There is no tenant {slug!r}. {suggestion(slug, known)}")
    return tenant_from(row)


def wrapped_key(session: Session, tenant_id: str) -> tuple[bytes, int]:
    """The tenant's key as stored, wrapped by the master key, and the generation of the store it opens."""
    statement = select(TenantRow.wrapped_key, TenantRow.store_generation).where(TenantRow.id == tenant_id)
    wrapped, generation = session.execute(statement).one()
    return wrapped, generation


def lock_key(session: Session, tenant_id: str) -> None:
    """Let nobody else change the tenant's key until this transaction ends, or wait for who does."""
    own = TenantRow.store_generation
    session.execute(update(TenantRow).where(TenantRow.id == tenant_id).values(store_generation=own))


def add_member(
    session: Session,
    tenant: Tenant,
    *,
    email: str,
    name: str,
    role: str,
    password_hash: str | None = None,
    attributes: Mapping[str, object] | None = None,
) -> Principal:
    """A new member. Raises InvalidError for a bad address or role, ConflictError for a known address, SeatsTaken."""
    email = email.strip().lower()
    if not is_email(email):
        raise InvalidError(f"{email!r} is not an e-mail address.")
    require_roles(session, tenant.id, [role])
    if find_member(session, tenant, email) is not None:
        raise ConflictError(f"{email} is a member of {tenant.slug} already.")
    require_seat(session, tenant.id)
    row = MemberRow(
        id=new_id(),
        tenant_id=tenant.id,
        email=email,
        name=name.strip() or email,
        attributes=dict(attributes or {}),
        password_hash=password_hash,
        is_active=True,
        created_at=utc_now(),
    )
    session.add(row)
    session.flush()
    give_roles(session, row.id, [role])
    return principal(session, tenant, row)


def find_member(session: Session, tenant: Tenant, email: str) -> Principal | None:
    """The active member of that address in that tenant, or None."""
    statement = select(MemberRow).where(
        MemberRow.tenant_id == tenant.id, MemberRow.email == email.strip().lower(), MemberRow.is_active
    )
    row = session.scalar(statement)
    return None if row is None else principal(session, tenant, row)


def is_email(text: str) -> bool:
    """Whether a text has the form of an address."""
    return _EMAIL.fullmatch(text) is not None and len(text) <= _LONGEST_EMAIL


def find_members(session: Session, tenant: Tenant, emails: Sequence[str]) -> dict[str, Principal]:
    """The active members of those addresses, which are in lower case; who is none is not in the answer."""
    found: dict[str, Principal] = {}
    for start in range(0, len(emails), _AT_ONCE):
        some = MemberRow.email.in_(emails[start : start + _AT_ONCE])
        statement = select(MemberRow).where(MemberRow.tenant_id == tenant.id, some, MemberRow.is_active)
        rows = session.scalars(statement).all()
        roles = roles_by_member(session, [row.id for row in rows])
        found |= {row.email: _principal(session, tenant, row, roles[row.id]) for row in rows}
    return found


def require_member(session: Session, tenant: Tenant, email: str) -> Principal:
    """The active member of that address. Raises ForbiddenError with the nearest addresses of the tenant."""
    found = find_member(session, tenant, email)
    if found is None:
        statement = select(MemberRow.email).where(MemberRow.tenant_id == tenant.id, MemberRow.is_active)
        known = session.scalars(statement).all()
        raise ForbiddenError(f"{tenant.slug} has no member {email!r}. {suggestion(email, known)}")
    return found


def list_members(session: Session, tenant: Tenant) -> list[Principal]:
    """The active members by address."""
    statement = select(MemberRow).where(MemberRow.tenant_id == tenant.id, MemberRow.is_active)
    rows = session.scalars(statement.order_by(MemberRow.email)).all()
    roles = roles_by_member(session, [row.id for row in rows])
    return [_principal(session, tenant, row, roles[row.id]) for row in rows]


def principal(session: Session, tenant: Tenant, row: MemberRow) -> Principal:
    """A member as the one who asks."""
    return _principal(session, tenant, row, roles_by_member(session, [row.id])[row.id])


def _principal(session: Session, tenant: Tenant, row: MemberRow, roles: tuple[str, ...]) -> Principal:
    return Principal(
        tenant=tenant,
        member_id=row.id,
        email=row.email,
        name=row.name,
        roles=roles,
        permissions=permissions_of_roles(session, tenant.id, roles),
        attributes=row.attributes,
    )


def tenant_of(session: Session, tenant_id: str) -> Tenant:
    """The tenant of that id, which must exist."""
    return tenant_from(session.get_one(TenantRow, tenant_id))


def tenant_from(row: TenantRow) -> Tenant:
    """A tenant as it is kept."""
    return Tenant(
        id=row.id,
        slug=row.slug,
        name=row.name,
        zone=row.zone,
        currency=row.currency,
        accent=row.accent,
        fiscal_start_month=row.fiscal_start_month,
        week_start=row.week_start,
        calendar_day=row.calendar_day,
    )
