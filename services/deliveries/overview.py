"""What the page of deliveries opens with: how the last days went, and what each schedule did last."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from core.clock import as_utc
from services.deliveries.spec import DeliveryState
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.delivery_schema import DeliveryRow, UnsubscribedRow

_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Deliveries of the last seven days by state, when each schedule last sent one, and how many left each."""

    counts: Mapping[DeliveryState, int]
    last_sent: Mapping[str, dt.datetime]
    left: Mapping[str, int]


@permitted(Permission.SCHEDULE_MANAGE)
def summarise(platform: Platform, principal: Principal) -> Overview:
    """The overview of the principal's tenant; `last_sent` and `left` are by the schedule's id."""
    own = DeliveryRow.tenant_id == principal.tenant.id
    since = platform.clock() - dt.timedelta(days=_DAYS)
    counts = select(DeliveryRow.state, func.count()).where(own, DeliveryRow.created_at >= since)
    sent = select(DeliveryRow.schedule_id, func.max(DeliveryRow.sent_at)).where(own, DeliveryRow.sent_at.is_not(None))
    left = select(UnsubscribedRow.schedule_id, func.count()).where(UnsubscribedRow.tenant_id == principal.tenant.id)
    with platform.session() as session:
        return Overview(
            counts={DeliveryState(state): n for state, n in session.execute(counts.group_by(DeliveryRow.state))},
            last_sent={one: as_utc(at) for one, at in session.execute(sent.group_by(DeliveryRow.schedule_id))},
            left={str(one): int(n) for one, n in session.execute(left.group_by(UnsubscribedRow.schedule_id))},
        )


def list_left(platform: Platform, principal: Principal) -> list[str]:
    """The ids of the schedules that the principal has left."""
    statement = select(UnsubscribedRow.schedule_id).where(
        UnsubscribedRow.tenant_id == principal.tenant.id, UnsubscribedRow.recipient == principal.email
    )
    with platform.session() as session:
        return list(session.scalars(statement))
