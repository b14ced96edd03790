"""Stripe: customers, subscriptions and invoices; amounts are in the smallest unit (docs.stripe.com/currencies)."""

from services.pack.canonical import StreamMapping

KIND = "stripe"
# Currencies without a smaller unit, and those with a thousandth.
_WHOLE = (
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
_THOUSANDTHS = ("BHD", "JOD", "KWD", "OMR", "TND")
_UNIT = (
    f"CASE WHEN upper(currency) IN {_WHOLE} THEN 1.000 WHEN upper(currency) IN {_THOUSANDTHS} THEN 0.001 ELSE 0.010 END"
)


def _major(column: str) -> tuple[str, ...]:
    return (f"CAST({column} AS DECIMAL(18, 0)) * {_UNIT}",)


_MONTHS = (
    "CASE interval WHEN 'year' THEN 12 * interval_count WHEN 'month' THEN interval_count "
    "WHEN 'week' THEN interval_count * 7 / 30.4375 WHEN 'day' THEN interval_count / 30.4375 END"
)
MAPPINGS = (
    StreamMapping(
        table="accounts",
        stream="customers",
        columns={
            "account_id": ("id",),
            "name": ("name",),
            "domain": ("split_part(email, '@', 2)",),
            "country": ("address_country",),
            "created_on": ("created AT TIME ZONE 'UTC'",),
        },
    ),
    StreamMapping(
        table="products",
        stream="products",
        columns={"product_id": ("id",), "name": ("name",), "created_on": ("created AT TIME ZONE 'UTC'",)},
    ),
    StreamMapping(
        # One item of a subscription, from when it is paid for; each counts by the price it has now.
        table="subscriptions",
        stream="subscription_items",
        columns={
            "subscription_id": ("id",),
            "account_id": ("customer",),
            "product_id": ("product",),
            "status": ("status",),
            "currency": ("upper(currency)",),
            "seats": ("quantity",),
            "mrr": (f"CAST(unit_amount AS DECIMAL(18, 6)) * quantity * {_UNIT} / {_MONTHS}",),
            "start_date": ("coalesce(trial_end, start_date) AT TIME ZONE 'UTC'",),
            "end_date": ("ended_at AT TIME ZONE 'UTC'",),
        },
        where="status NOT IN ('trialing', 'incomplete', 'incomplete_expired') AND (trial_end IS NULL OR ended_at IS "
        "NULL OR ended_at > trial_end)",
    ),
    StreamMapping(
        table="invoices",
        stream="invoices",
        columns={
            "invoice_id": ("id",),
            "account_id": ("customer",),
            "status": ("status",),
            "currency": ("upper(currency)",),
            "amount": _major("total"),
            "paid": _major("amount_paid"),
            "open": _major("amount_remaining"),
            "issued_on": ("created AT TIME ZONE 'UTC'",),
        },
    ),
)
