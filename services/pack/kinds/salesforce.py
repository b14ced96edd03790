"""Salesforce: opportunities."""

from services.pack.canonical import StreamMapping

KIND = "salesforce"
MAPPINGS = (
    StreamMapping(
        table="deals",
        stream="Opportunity",
        columns={
            "deal_id": ("id",),
            "name": ("name",),
            "account_id": ("accountid",),
            "owner_id": ("ownerid",),
            "stage": ("stagename",),
            "currency": ("currencyisocode",),
            "amount": ("amount",),
            "is_closed": ("isclosed",),
            "is_won": ("iswon",),
            "created_on": ("createddate AT TIME ZONE 'UTC'",),
            "close_date": ("closedate",),
        },
    ),
)
