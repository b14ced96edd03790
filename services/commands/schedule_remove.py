"""Removes a schedule."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "schedule-remove"


class Request(CommandRequest):
    """Which schedule."""

    tenant: str
    name: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Remove it; what it delivered stays on record. Raises ForbiddenError."""
    from services.deliveries.schedules import remove_schedule

    remove_schedule(platform, operator(platform.tenant(request.tenant)), request.name)
    return {"removed": request.name}
