"""Tenants and members: making and listing them."""

import datetime as dt
from collections.abc import Mapping

from services.platform import Platform
from tenants import directory
from tenants.access import Permission, Principal, operator
from tenants.access.passwords import hash_password
from tenants.audit import AuditAction, record_event
from tenants.tenant import Tenant
from tenants.usage import UsageItem


def create_tenant(
    platform: Platform,
    *,
    slug: str,
    name: str,
    zone: str = "UTC",
    currency: str = "USD",
    accent: str = "#0f6b5c",
    calendar_day: dt.date | None = None,
) -> Tenant:
    """A new tenant; only the operator can make one. Raises InvalidError, ConflictError."""
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
        )
        record_event(session, AuditAction.TENANT_CREATED, subject=slug, principal=operator(tenant))
    return tenant


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
    """A new member of the principal's tenant. Raises InvalidError, ConflictError, ForbiddenError."""
    principal.require(Permission.MEMBER_ADD)
    password_hash = None if password is None else hash_password(password)
    with platform.session() as session:
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
            usage={UsageItem.SEATS: len(directory.list_members(session, principal.tenant))},
        )
    return member


def require_member(platform: Platform, tenant: Tenant, email: str) -> Principal:
    """The member of that address. Raises ForbiddenError with the nearest addresses."""
    with platform.session() as session:
        return directory.require_member(session, tenant, email)


def list_members(platform: Platform, tenant: Tenant) -> list[Principal]:
    """The active members of a tenant."""
    with platform.session() as session:
        return directory.list_members(session, tenant)


def describe_tenants(platform: Platform) -> list[dict[str, object]]:
    """Each tenant with its member count, tables with row counts, and data version."""
    with platform.session() as session:
        tenants = [(tenant, directory.list_members(session, tenant)) for tenant in directory.list_tenants(session)]
    described: list[dict[str, object]] = []
    for tenant, members in tenants:
        store = platform.store(tenant)
        described.append(
            {
                "slug": tenant.slug,
                "name": tenant.name,
                "zone": tenant.zone,
                "currency": tenant.currency,
                "members": len(members),
                "tables": store.row_counts(),
                "watermark": str(store.watermark()),
            }
        )
    return described
