"""Reaches a source and tells what it has."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-check"


class Request(CommandRequest):
    """Which source."""

    tenant: str
    name: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Whose data it is, and its streams. Raises SourceError, ForbiddenError."""
    from services.sync.report import checked_as_json
    from services.sync.sources import check_source

    return checked_as_json(check_source(platform, operator(platform.tenant(request.tenant)), request.name))
