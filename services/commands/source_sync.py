"""Syncs a source now."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-sync"


class Request(CommandRequest):
    """Which source."""

    tenant: str
    name: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """The finished run. Raises ConflictError, ForbiddenError."""
    from services.sync.job import run_sync
    from services.sync.report import run_as_json

    principal = operator(platform.tenant(request.tenant))
    return run_as_json(run_sync(platform, principal, request.name, progress=progress))
