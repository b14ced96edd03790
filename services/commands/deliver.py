"""Delivers a schedule at once."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "deliver"


class Request(CommandRequest):
    """Which schedule."""

    tenant: str
    name: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Deliver to every recipient now; what each got. Raises ForbiddenError, InvalidError."""
    from services.deliveries.answers import delivery_as_json
    from services.deliveries.deliver import deliver_now

    progress(f"Delivering {request.name}")
    delivered = deliver_now(platform, operator(platform.tenant(request.tenant)), request.name)
    return {"deliveries": [delivery_as_json(delivery) for delivery in delivered]}
