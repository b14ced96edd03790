"""Pipedrive: deals by their status; one that is open is expected on a day, one that is closed has a time."""

from services.pack.canonical import StreamMapping

KIND = "pipedrive"
MAPPINGS = (
    StreamMapping(
        table="deals",
        stream="deals",
        columns={
            "deal_id": ("id",),
            "name": ("title",),
            "account_id": ("org_id",),
            "owner_id": ("owner_id",),
            "stage": ("stage_id",),
            "pipeline": ("pipeline_id",),
            "currency": ("currency",),
            "amount": ("value",),
            "is_closed": ("status <> 'open'",),
            "is_won": ("status = 'won'",),
            "created_on": ("add_time AT TIME ZONE 'UTC'",),
            "close_date": (
                "coalesce(CAST(close_time AT TIME ZONE 'UTC' AS DATE), expected_close_date)",
                "expected_close_date",
            ),
        },
    ),
)
