"""Pipedrive: deals by their status; one that is open is expected on a day, one that is closed has a time."""

from services.pack.canonical import Beside, StreamMapping

KIND = "pipedrive"
_ADDED = ("add_time AT TIME ZONE 'UTC'",)
MAPPINGS = (
    StreamMapping(
        table="accounts",
        stream="organizations",
        columns={"account_id": ("id",), "name": ("name",), "domain": ("website",), "created_on": _ADDED},
    ),
    StreamMapping(
        table="contacts",
        stream="persons",
        columns={
            "contact_id": ("id",),
            "account_id": ("org_id",),
            "owner_id": ("owner_id",),
            "name": ("name",),
            "title": ("job_title",),
            "created_on": _ADDED,
        },
    ),
    StreamMapping(
        table="owners", stream="users", columns={"owner_id": ("id",), "name": ("name",), "email": ("email",)}
    ),
    StreamMapping(
        table="deals",
        stream="deals",
        columns={
            "deal_id": ("id",),
            "name": ("title",),
            "account_id": ("org_id",),
            "owner_id": ("owner_id",),
            "stage": ("coalesce(beside.name, CAST(stage_id AS VARCHAR))", "stage_id"),
            "pipeline": ("pipeline_id",),
            "currency": ("currency",),
            "amount": ("value",),
            "is_closed": ("status <> 'open'",),
            "is_won": ("status = 'won'",),
            "created_on": _ADDED,
            "close_date": (
                "coalesce(CAST(close_time AT TIME ZONE 'UTC' AS DATE), expected_close_date)",
                "expected_close_date",
            ),
        },
        beside=Beside(stream="stages", column="stage_id"),
    ),
    StreamMapping(
        table="activities",
        stream="activities",
        columns={
            "activity_id": ("id",),
            "type": ("type",),
            "account_id": ("org_id",),
            "contact_id": ("person_id",),
            "deal_id": ("deal_id",),
            "owner_id": ("owner_id",),
            # Only those that are done are counted.
            "is_held": ("type = 'meeting'",),
            "occurred_on": (
                "coalesce(CAST(marked_as_done_time AT TIME ZONE 'UTC' AS DATE), due_date)",
                "due_date",
            ),
        },
        where="done",
    ),
    StreamMapping(
        table="products",
        stream="products",
        columns={"product_id": ("id",), "name": ("name",), "code": ("code",), "created_on": _ADDED},
    ),
)
