"""Tenants and members: making and listing them."""

import datetime as dt
from collections.abc import Mapping

from core.errors import InvalidError, UserError
from core.names import suggestion
from services.permitted import permitted, require_holding
from services.platform import Platform
from tenants import directory
from tenants.access import Permission, Principal, operator
from tenants.access.passwords import hash_password
from tenants.access.tenant_roles import permissions_of_roles
from tenants.audit import AuditAction, record_event
from tenants.seats import count_seats
from tenants.tenant import Tenant


def create_tenant(
    platform: Platform,
    *,
    slug: str,
    name: str,
    zone: str = "UTC",
    currency: str = "USD",
    accent: str = "#0f6b5c",
    calendar_day: dt.date | None = None,
    region: str = "",
) -> Tenant:
    """A new tenant; only the operator can make one. Raises InvalidError, ConflictError."""
    if region not in platform.settings.region_folders:
        known = [name for name in platform.settings.region_folders if name]
        raise InvalidError(f"{region!r} is not a region of PLUMBLINE_REGIONS. {suggestion(region, known)}")
    with platform.session() as session:
        tenant = directory.create_tenant(
            session,
            platform.keys.master,
            slug=slug,
            name=name,
            zone=zone,
            currency=currency,
            accent=accent,
            calendar_day=calendar_day,
            region=region,
        )
        record_event(session, AuditAction.TENANT_CREATED, subject=slug, principal=operator(tenant))
    return tenant


@permitted(Permission.MEMBER_ADD)
def add_member(
    platform: Platform,
    principal: Principal,
    *,
    email: str,
    name: str,
    role: str,
    password: str | None = None,
    attributes: Mapping[str, object] | None = None,
) -> Principal:
    """A new member of the principal's tenant. Raises InvalidError, ConflictError, ForbiddenError, SeatsTaken."""
    known, memory_mib = words_of(principal.tenant, email), platform.settings.password_memory_mib
    password_hash = None if password is None else hash_password(password, known=known, memory_mib=memory_mib)
    with platform.session() as session:
        require_holding(principal, permissions_of_roles(session, principal.tenant.id, [role]))
        member = directory.add_member(
            session,
            principal.tenant,
            email=email,
            name=name,
            role=role,
            password_hash=password_hash,
            attributes=attributes,
        )
        record_event(
            session,
            AuditAction.MEMBER_ADDED,
            subject=member.email,
            principal=principal,
            after={"role": member.role, "name": member.name},
            usage=count_seats(session, principal.tenant.id),
        )
    return member


def words_of(tenant: Tenant, email: str) -> tuple[str, ...]:
    """The words that somebody who guesses a member's password tries first."""
    name, _, domain = email.partition("@")
    return (name, domain.partition(".")[0], tenant.slug, tenant.name, "plumbline")


def require_member(platform: Platform, tenant: Tenant, email: str) -> Principal:
    """The member of that address. Raises ForbiddenError with the nearest addresses."""
    with platform.session() as session:
        return directory.require_member(session, tenant, email)


def list_members(platform: Platform, tenant: Tenant) -> list[Principal]:
    """The active members of a tenant."""
    with platform.session() as session:
        return directory.list_members(session, tenant)


def list_tenants(platform: Platform) -> list[Tenant]:
    """All tenants by short name; only the operator sees them."""
    with platform.session() as session:
        return directory.list_tenants(session)


def describe_tenants(platform: Platform) -> list[dict[str, object]]:
    """Each tenant with its members, tables with row counts, data version, bytes stored, state and newest backup."""
    with platform.session() as session:
        tenants = [(tenant, directory.list_members(session, tenant)) for tenant in directory.list_tenants(session)]
    return [_describe(platform, tenant, len(members)) for tenant, members in tenants]


def _describe(platform: Platform, tenant: Tenant, members: int) -> dict[str, object]:
    # Backups have libraries of their own, which a server that starts does not need.
    from services.backups import find_backups

    tables: dict[str, int] = {}
    watermark, state, size = "", "ready", None
    try:
        store = platform.store(tenant)
        size = platform.bytes_stored(tenant)
        tables, watermark = store.row_counts(), str(store.watermark())
    except UserError as error:
        # One store that cannot be opened does not hide the others.
        state = error.message
    backups = find_backups(platform.settings.backups_folder, tenant.id)
    return {
        "slug": tenant.slug,
        "name": tenant.name,
        "zone": tenant.zone,
        "currency": tenant.currency,
        "members": members,
        "tables": tables,
        "watermark": watermark,
        "bytes": size,
        "state": state,
        "backed_up_at": backups[0].made_at.isoformat() if backups else None,
    }
