"""Pauses a schedule, or lets it run again."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "schedule-pause"


class Request(CommandRequest):
    """Which schedule, and whether it is to pause."""

    tenant: str
    name: str
    is_paused: bool


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Pause or resume it. Raises ForbiddenError."""
    from services.deliveries.answers import schedule_as_json
    from services.deliveries.schedules import pause_schedule

    asking = operator(platform.tenant(request.tenant))
    return schedule_as_json(pause_schedule(platform, asking, request.name, is_paused=request.is_paused))
