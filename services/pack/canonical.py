"""The canonical tables that the pack's metrics count, and how a stream of a kind is mapped to one."""

from collections.abc import Mapping
from dataclasses import dataclass

# Each column with its type. Those in REQUIRED have to be there: without them a metric would be silently wrong.
TABLES: Mapping[str, Mapping[str, str]] = {
    "accounts": {
        "account_id": "VARCHAR", "name": "VARCHAR", "domain": "VARCHAR", "industry": "VARCHAR", "country": "VARCHAR",
        "created_on": "DATE",
    },
    "activities": {
        "activity_id": "VARCHAR", "type": "VARCHAR", "account_id": "VARCHAR", "contact_id": "VARCHAR",
        "deal_id": "VARCHAR", "owner_id": "VARCHAR", "is_held": "BOOLEAN", "is_connected": "BOOLEAN",
        "occurred_on": "DATE",
    },
    "campaign_touches": {
        "touch_id": "VARCHAR", "account_id": "VARCHAR", "contact_id": "VARCHAR", "campaign": "VARCHAR",
        "channel": "VARCHAR", "kind": "VARCHAR", "occurred_on": "DATE",
    },
    "contacts": {
        "contact_id": "VARCHAR", "account_id": "VARCHAR", "owner_id": "VARCHAR", "name": "VARCHAR", "email": "VARCHAR",
        "title": "VARCHAR", "source": "VARCHAR", "created_on": "DATE", "qualified_on": "DATE",
    },
    "deals": {
        "deal_id": "VARCHAR", "name": "VARCHAR", "account_id": "VARCHAR", "owner_id": "VARCHAR", "stage": "VARCHAR",
        "pipeline": "VARCHAR", "currency": "VARCHAR", "amount": "DECIMAL(18, 2)", "is_closed": "BOOLEAN",
        "is_won": "BOOLEAN", "created_on": "DATE", "close_date": "DATE", "is_left_out": "BOOLEAN",
    },
    "deal_stage_changes": {
        "change_id": "VARCHAR", "deal_id": "VARCHAR", "old_stage": "VARCHAR", "new_stage": "VARCHAR",
        "old_close_date": "DATE", "new_close_date": "DATE", "changed_on": "DATE",
    },
    "events": {
        "event_id": "VARCHAR", "event": "VARCHAR", "account_id": "VARCHAR", "contact_id": "VARCHAR",
        "occurred_at": "TIMESTAMP WITH TIME ZONE",
    },
    "invoices": {
        "invoice_id": "VARCHAR", "account_id": "VARCHAR", "status": "VARCHAR", "currency": "VARCHAR",
        "amount": "DECIMAL(18, 3)", "paid": "DECIMAL(18, 3)", "open": "DECIMAL(18, 3)", "issued_on": "DATE",
        "is_left_out": "BOOLEAN",
    },
    "owners": {"owner_id": "VARCHAR", "name": "VARCHAR", "email": "VARCHAR"},
    "products": {"product_id": "VARCHAR", "name": "VARCHAR", "code": "VARCHAR", "created_on": "DATE"},
    "subscriptions": {
        "subscription_id": "VARCHAR", "account_id": "VARCHAR", "product_id": "VARCHAR", "status": "VARCHAR",
        "currency": "VARCHAR", "seats": "DECIMAL(18, 3)", "mrr": "DECIMAL(18, 3)", "start_date": "DATE",
        "end_date": "DATE", "is_left_out": "BOOLEAN",
    },
}  # fmt: skip
REQUIRED: Mapping[str, frozenset[str]] = {
    "accounts": frozenset({"account_id", "name"}),
    "activities": frozenset({"activity_id", "type", "occurred_on"}),
    "campaign_touches": frozenset({"touch_id", "contact_id", "occurred_on"}),
    "contacts": frozenset({"contact_id", "created_on"}),
    "deals": frozenset({"deal_id", "amount", "is_closed", "is_won", "close_date"}),
    "deal_stage_changes": frozenset({"change_id", "deal_id", "old_stage", "new_stage", "changed_on"}),
    "events": frozenset({"event_id", "event", "occurred_at"}),
    "invoices": frozenset({"invoice_id", "status", "currency", "amount", "paid", "open", "issued_on"}),
    "owners": frozenset({"owner_id", "name"}),
    "products": frozenset({"product_id", "name"}),
    "subscriptions": frozenset({"subscription_id", "account_id", "status", "currency", "mrr", "start_date"}),
}
# What is money; it is converted to the tenant's currency by the table of rates, and empty where there is no rate.
MONEY: Mapping[str, frozenset[str]] = {
    "deals": frozenset({"amount"}),
    "invoices": frozenset({"amount", "paid", "open"}),
    "subscriptions": frozenset({"mrr"}),
}
# Whether a row's money is left out, because it is in another currency and has no rate.
LEFT_OUT = "is_left_out"
# The day whose rate an amount is converted at.
MONEY_DAY: Mapping[str, str] = {
    "deals": "CASE WHEN mapped.is_closed THEN mapped.close_date ELSE least(mapped.close_date, {newest}) END",
    "invoices": "mapped.issued_on",
    "subscriptions": "mapped.start_date",
}
# The models that a model leads to, where both are mapped, and the column they share.
JOINS: Mapping[str, Mapping[str, str]] = {
    "activities": {"owners": "owner_id", "accounts": "account_id"},
    "campaign_touches": {"accounts": "account_id"},
    "contacts": {"accounts": "account_id"},
    "deals": {"owners": "owner_id", "accounts": "account_id"},
    "deal_stage_changes": {"deals": "deal_id"},
    "events": {"accounts": "account_id"},
    "invoices": {"accounts": "account_id"},
    "subscriptions": {"accounts": "account_id", "products": "product_id"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMapping:
    """A stream as a canonical table, or as a part of one that several streams fill.

    Each column has expressions; the first whose columns are all there is taken. `where` chooses the stream's rows.
    `beside` is a stream that tells more of them, whose columns are written as `beside.name`. A mapping that is optional
    is left out where the stream has not all that metrics need.
    """

    table: str
    stream: str
    columns: Mapping[str, tuple[str, ...]]
    where: str = ""
    beside: "Beside | None" = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A stream and its key, which stands in the column `column` of the other one."""

    stream: str
    column: str
    key: str = "id"
