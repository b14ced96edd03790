"""What one tenant may use: the limits of the settings, those of its own in their place, and the seats of its plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal, operator
from tenants.audit import AuditAction, record_event
from tenants.schema import TenantRow
from tenants.seats import count_seats, seats_of, without_seats
from tenants.store import StoreLimits
from tenants.tenant import Tenant
from tenants.usage import UsageItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """What a tenant takes now, and what it may: bytes on the disk, active members, and the limits in force.

    `most_seats` is None where its plan has no limit.
    """

    bytes_stored: int
    seats: int
    most_seats: int | None
    limits: StoreLimits


def set_limits(platform: Platform, tenant: Tenant, own: Mapping[str, int | float | None]) -> StoreLimits:
    """Give a tenant limits of its own; None takes one away. Only the operator can. Raises InvalidError."""
    with platform.session() as session:
        row = session.get_one(TenantRow, tenant.id)
        before = dict(row.limits)
        kept = {name: value for name, value in {**before, **own}.items() if value is not None}
        limits = platform.limits.with_own(without_seats(kept))
        seats_of(kept)
        row.limits = kept
        record_event(
            session,
            AuditAction.TENANT_LIMITED,
            subject=tenant.slug,
            principal=operator(tenant),
            before=before,
            after=kept,
        )
    platform.stores.limit(tenant.id, platform.store_place(tenant))
    return limits


@permitted(Permission.USAGE_READ)
def find_storage(platform: Platform, principal: Principal) -> Storage:
    """What the principal's tenant takes and may take."""
    with platform.session() as session:
        seats = count_seats(session, principal.tenant.id)[UsageItem.SEATS]
    return Storage(
        bytes_stored=platform.bytes_stored(principal.tenant),
        seats=seats,
        most_seats=find_most_seats(platform, principal.tenant),
        limits=platform.store_place(principal.tenant).limits,
    )


def find_most_seats(platform: Platform, tenant: Tenant) -> int | None:
    """How many active members the plan of a tenant has seats for; None where there is no limit."""
    with platform.session() as session:
        return seats_of(session.get_one(TenantRow, tenant.id).limits)
