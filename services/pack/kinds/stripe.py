"""Stripe: invoices, whose amounts are in the currency's smallest unit (docs.stripe.com/currencies)."""

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


MAPPINGS = (
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
