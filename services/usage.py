"""What a tenant used in a month, as a statement, and whether it is what the audit log says."""

import datetime as dt
import re
from dataclasses import dataclass

from sqlalchemy import select

from core.errors import InvalidError
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.schema import AuditRow
from tenants.usage import UsageItem, add_up, month_of, monthly_usage

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Amounts of one month (UTC). `differs` names what the log's lines of that month do not add up to."""

    month: str
    amounts: dict[UsageItem, int]
    differs: tuple[UsageItem, ...]


@permitted(Permission.USAGE_READ)
def monthly_statement(platform: Platform, principal: Principal, month: str | None = None) -> Statement:
    """The statement of a month, by default the present one. Raises InvalidError for what is no month."""
    month = month or month_of(platform.clock())
    if not _MONTH.fullmatch(month):
        raise InvalidError(f"{month!r} is not a month; write it as 2026-11.")
    start = dt.datetime.strptime(f"{month}-01", "%Y-%m-%d").replace(tzinfo=dt.UTC)
    end = (start + dt.timedelta(days=32)).replace(day=1)
    lines = select(AuditRow.at, AuditRow.data).where(
        AuditRow.tenant_id == principal.tenant.id, AuditRow.at >= start, AuditRow.at < end
    )
    with platform.session() as session:
        amounts = monthly_usage(session, principal.tenant.id, month)
        said = add_up((at, data["usage"]) for at, data in session.execute(lines) if "usage" in data)
    differs = tuple(item for item, amount in amounts.items() if said.get((month, item.value), 0) != amount)
    return Statement(month=month, amounts=amounts, differs=differs)
