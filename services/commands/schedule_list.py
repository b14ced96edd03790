"""Lists the schedules of a tenant."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "schedule-list"


class Request(CommandRequest):
    """Whose schedules."""

    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Every schedule with its next time."""
    from services.deliveries.answers import schedule_as_json
    from services.deliveries.schedules import list_schedules

    found = list_schedules(platform, operator(platform.tenant(request.tenant)))
    return {"schedules": [schedule_as_json(schedule) for schedule in found]}
