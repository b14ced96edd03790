"""HubSpot: deals, closed and won by HubSpot's own properties."""

from services.pack.canonical import StreamMapping

KIND = "hubspot"
MAPPINGS = (
    StreamMapping(
        table="deals",
        stream="deals",
        columns={
            "deal_id": ("id",),
            "name": ("dealname",),
            "account_id": ("split_part(companies_ids, ',', 1)",),
            "owner_id": ("hubspot_owner_id",),
            "stage": ("dealstage",),
            "pipeline": ("pipeline",),
            "currency": ("deal_currency_code",),
            "amount": ("amount",),
            "is_closed": ("hs_is_closed",),
            "is_won": ("hs_is_closed_won",),
            "created_on": ("createdate AT TIME ZONE 'UTC'",),
            "close_date": ("closedate AT TIME ZONE 'UTC'",),
        },
    ),
)
