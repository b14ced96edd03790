"""Events in: what the tenant's own software sends with a write key."""

from services.pack.canonical import StreamMapping

KIND = "events"
MAPPINGS = (
    StreamMapping(
        table="events",
        stream="events",
        columns={
            "event_id": ("id",),
            "event": ("event",),
            "account_id": ("account_id",),
            "contact_id": ("user_id",),
            "occurred_at": ("at",),
        },
    ),
)
