"""Lists what was delivered."""

import datetime as dt

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "delivery-list"


class Request(CommandRequest):
    """Whose deliveries, of which schedule, to whom, on which day; what is not given does not limit."""

    tenant: str
    schedule: str | None = None
    recipient: str | None = None
    day: dt.date | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The newest that fit."""
    from services.deliveries.answers import delivery_as_json
    from services.deliveries.history import DeliveryFilter, list_deliveries

    chosen = DeliveryFilter(schedule=request.schedule, recipient=request.recipient, day=request.day)
    found = list_deliveries(platform, operator(platform.tenant(request.tenant)), chosen)
    return {"deliveries": [delivery_as_json(delivery) for delivery in found]}
