"""Forgets a source; its tables stay, or go with their history."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-remove"


class Request(CommandRequest):
    """Which source."""

    tenant: str
    name: str
    drops_tables: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Remove it. Raises ForbiddenError, ConflictError."""
    from services.sync.sources import remove_source

    principal = operator(platform.tenant(request.tenant))
    dropped = remove_source(platform, principal, request.name, drops_tables=request.drops_tables)
    return {"removed": request.name, "dropped": dropped}
