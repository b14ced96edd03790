"""The canonical tables that the pack's metrics count, and how a stream of a kind is mapped to one."""

from collections.abc import Mapping
from dataclasses import dataclass

# Each column with its type. Those in REQUIRED have to be there: without them a metric would be silently wrong.
TABLES: Mapping[str, Mapping[str, str]] = {
    "deals": {
        "deal_id": "VARCHAR", "name": "VARCHAR", "account_id": "VARCHAR", "owner_id": "VARCHAR", "stage": "VARCHAR",
        "pipeline": "VARCHAR", "currency": "VARCHAR", "amount": "DECIMAL(18, 2)", "is_closed": "BOOLEAN",
        "is_won": "BOOLEAN", "created_on": "DATE", "close_date": "DATE",
    },
    "invoices": {
        "invoice_id": "VARCHAR", "account_id": "VARCHAR", "status": "VARCHAR", "currency": "VARCHAR",
        "amount": "DECIMAL(18, 3)", "paid": "DECIMAL(18, 3)", "open": "DECIMAL(18, 3)", "issued_on": "DATE",
    },
}  # fmt: skip
REQUIRED: Mapping[str, frozenset[str]] = {
    "deals": frozenset({"deal_id", "amount", "is_closed", "is_won", "close_date"}),
    "invoices": frozenset({"invoice_id", "status", "currency", "amount", "paid", "open", "issued_on"}),
}
# What is money; it is left empty in rows of another currency than the tenant's.
MONEY: Mapping[str, frozenset[str]] = {
    "deals": frozenset({"amount"}),
    "invoices": frozenset({"amount", "paid", "open"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMapping:
    """A stream as a canonical table. Each column has expressions; the first whose columns are all there is taken."""

    table: str
    stream: str
    columns: Mapping[str, tuple[str, ...]]
