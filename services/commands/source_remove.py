"""Forgets a source; its tables stay."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-remove"


class Request(CommandRequest):
    """Which source."""

    tenant: str
    name: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Remove it. Raises ForbiddenError, ConflictError."""
    from services.sync.sources import remove_source

    remove_source(platform, operator(platform.tenant(request.tenant)), request.name)
    return {"removed": request.name}
