"""What a tenant used in each month (UTC): counted in the transaction of the audit event that tells of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tenants.schema import UsageRow

# As text, the same in both databases: the builder of such a statement makes its text anew with every answer given out.
_ADD = text(
    "INSERT INTO usage_months (tenant_id, month, item, amount) VALUES (:tenant_id, :month, :item, :amount)"
    " ON CONFLICT (tenant_id, month, item) DO UPDATE SET amount = usage_months.amount + excluded.amount"
)
_RAISE = text(
    "INSERT INTO usage_months (tenant_id, month, item, amount) VALUES (:tenant_id, :month, :item, :amount)"
    " ON CONFLICT (tenant_id, month, item) DO UPDATE SET amount ="
    " CASE WHEN excluded.amount > usage_months.amount THEN excluded.amount ELSE usage_months.amount END"
)


class UsageItem(StrEnum):
    """What is metered. Bytes and seats are the most there were in the month, the others are sums."""

    BYTES_STORED = "bytes_stored"
    DELIVERIES = "deliveries"
    QUERIES = "queries"
    QUERY_MS = "query_ms"
    REPORTS = "reports"
    ROWS_LOADED = "rows_loaded"
    SEATS = "seats"


PEAKS = frozenset({UsageItem.BYTES_STORED, UsageItem.SEATS})


def month_of(at: dt.datetime) -> str:
    """The month a time is billed in, such as 2026-11."""
    return f"{at:%Y-%m}"


def add_up(counts: Iterable[tuple[dt.datetime, Mapping[str, int]]]) -> dict[tuple[str, str], int]:
    """Amounts by month and item, of what events say they used."""
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for at, usage in counts:
        for item, amount in usage.items():
            key = (month_of(at), item)
            totals[key] = max(totals[key], amount) if item in PEAKS else totals[key] + amount
    return dict(totals)


def count_usage(session: Session, tenant_id: str, counts: Iterable[tuple[dt.datetime, Mapping[str, int]]]) -> None:
    """Add what events used to the tenant's months."""
    rows: dict[bool, list[dict[str, object]]] = defaultdict(list)
    for (month, item), amount in sorted(add_up(counts).items()):
        kind = UsageItem(item)
        rows[kind in PEAKS].append({"tenant_id": tenant_id, "month": month, "item": kind.value, "amount": amount})
    for is_peak, same in rows.items():
        session.connection().execute(_RAISE if is_peak else _ADD, same)


def monthly_usage(session: Session, tenant_id: str, month: str) -> dict[UsageItem, int]:
    """What was counted in a month; an item that nothing was counted of is 0."""
    statement = select(UsageRow).where(UsageRow.tenant_id == tenant_id, UsageRow.month == month)
    found = {row.item: row.amount for row in session.scalars(statement)}
    return {item: found.get(item.value, 0) for item in UsageItem}
