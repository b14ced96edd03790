"""Seats: the active members of a tenant, and how many of them its plan has."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import InvalidError, LimitError
from tenants.access.member_roles import lock_members
from tenants.schema import MemberRow, TenantRow
from tenants.usage import UsageItem

# What they are called among a tenant's limits; the others are the store's.
SEATS = "seats"


class SeatsTaken(LimitError):
    """Every seat of the tenant's plan is taken by an active member."""

    code = "seats_taken"
    status = 403


def count_seats(session: Session, tenant_id: str) -> dict[str, int]:
    """How many members are active, as what an event says was used."""
    statement = select(func.count()).select_from(MemberRow).where(MemberRow.tenant_id == tenant_id, MemberRow.is_active)
    return {UsageItem.SEATS: session.scalar(statement) or 0}


def require_seat(session: Session, tenant_id: str) -> None:
    """Raises SeatsTaken where one more active member would be too many; of two who ask at once one waits."""
    lock_members(session, tenant_id)
    row = session.execute(select(TenantRow.name, TenantRow.limits).where(TenantRow.id == tenant_id)).one()
    most = seats_of(row.limits)
    if most is not None and count_seats(session, tenant_id)[UsageItem.SEATS] >= most:
        raise SeatsTaken(
            f"The plan of {row.name} has {most} {'seat' if most == 1 else 'seats'}, and all are taken. Deactivate a "
            "member who has left, or ask the operator for more seats."
        )


def seats_of(own: Mapping[str, object]) -> int | None:
    """The seats among a tenant's own limits; None where there is no limit. Raises InvalidError."""
    most = own.get(SEATS)
    if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
        raise InvalidError(f"The limit seats is {most!r}; it must be a whole number above 0.")
    return most


def without_seats(own: Mapping[str, object]) -> dict[str, object]:
    """A tenant's own limits of its store."""
    return {name: value for name, value in own.items() if name != SEATS}
