"""Says when a source is synced."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-schedule"


class Request(CommandRequest):
    """Which source, and a cron time in the tenant's zone; an empty one ends the schedule."""

    tenant: str
    name: str
    cron: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """When it runs next. Raises InvalidError, ForbiddenError."""
    from services.sync.launch import schedule_source
    from services.sync.sources import require_source

    principal = operator(platform.tenant(request.tenant))
    schedule_source(platform, principal, request.name, request.cron)
    at = require_source(platform, principal, request.name).next_run_at
    return {"name": request.name, "next_run_at": None if at is None else at.isoformat()}
