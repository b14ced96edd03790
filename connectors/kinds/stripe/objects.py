"""The objects of Stripe that are read, and one of them as a row."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

import pyarrow as pa

from connectors.contract import Stream
from connectors.rows import FRACTION, build_table_of_records, flatten, rounded

Record = Mapping[str, object]

# An event may be listed a moment after the time it carries.
LAG_S = 60
# Stripe's objects do not tell when they changed; their events do.
CURSOR = "created"
_MOMENTS = frozenset(
    {
        "billing_cycle_anchor", "cancel_at", "canceled_at", "created", "current_period_end", "current_period_start",
        "due_date", "effective_at", "ended_at", "next_payment_attempt", "period_end", "period_start", "start_date",
        "status_transitions_finalized_at", "status_transitions_marked_uncollectible_at", "status_transitions_paid_at",
        "status_transitions_voided_at", "trial_end", "trial_start", "updated", "webhooks_delivered_at",
    }
)  # fmt: skip

_MOMENT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """A list of objects: its path is its stream's name, `kind` what an object calls itself, `events` tell of it."""

    name: str
    kind: str
    events: str
    params: Mapping[str, str] = field(default_factory=dict)

    def stream(self, records: Sequence[Record]) -> Stream:
        """As a stream with the columns of some records."""
        columns = self.table(records).schema if records else pa.schema([])
        return Stream(name=self.name, columns=columns, key=("id",), cursor_fields=(CURSOR,), lag_s=LAG_S)

    def table(self, records: Sequence[Record]) -> pa.Table:
        """Records as rows: amounts in the currency's smallest unit as Stripe has them, times as times."""
        return build_table_of_records([_row(one) for one in records], dict.fromkeys(_MOMENTS, _MOMENT))


OBJECTS = {
    one.name: one
    for one in (
        ObjectType(name="customers", kind="customer", events="customer.*"),
        ObjectType(name="invoices", kind="invoice", events="invoice.*"),
        ObjectType(name="prices", kind="price", events="price.*"),
        ObjectType(name="products", kind="product", events="product.*"),
        ObjectType(
            name="subscriptions", kind="subscription", events="customer.subscription.*", params={"status": "all"}
        ),
    )
}


# The items of subscriptions, a stream of its own: what is paid for, how many of it and at which price.
ITEMS = "subscription_items"
ITEM_COLUMNS = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("id", "subscription", "customer", "status", "currency")),
        *(pa.field(name, _MOMENT) for name in ("start_date", "trial_end", "canceled_at", "ended_at")),
        *(pa.field(name, pa.string()) for name in ("price", "product")),
        *(pa.field(name, FRACTION) for name in ("unit_amount", "quantity")),
        pa.field("interval", pa.string()),
        pa.field("interval_count", pa.int64()),
    ]
)


def item_row(subscription: Record, item: Record) -> list[object]:
    """An item with what is said of its subscription. An amount of less than the smallest unit is exact too."""
    price = cast(Record, item["price"])
    every = cast(Record, price.get("recurring") or {})
    exact = price.get("unit_amount_decimal")
    values: dict[str, object] = {
        **{name: subscription.get(name) for name in ITEM_COLUMNS.names},
        **{name: _moment(subscription.get(name)) for name in ("start_date", "trial_end", "canceled_at", "ended_at")},
        "id": item["id"],
        "subscription": subscription["id"],
        "price": price["id"],
        "product": price.get("product"),
        "currency": price.get("currency"),
        "unit_amount": price.get("unit_amount") if exact is None else rounded(Decimal(str(exact))),
        "quantity": item.get("quantity", 1),
        "interval": every.get("interval"),
        "interval_count": every.get("interval_count"),
    }
    return list(values.values())


def _row(record: Record) -> dict[str, object]:
    return {name: _moment(value) if name in _MOMENTS else value for name, value in flatten(record).items()}


def _moment(value: object) -> object:
    if not isinstance(value, int):
        return value
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=value)
