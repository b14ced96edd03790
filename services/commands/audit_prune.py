"""Removes old lines of a tenant's audit log under a signed checkpoint."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "audit-prune"


class Request(CommandRequest):
    """Whose log, and for how many days a line is kept."""

    tenant: str
    keep_days: int


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Remove them. Raises InvalidError, RefusedError."""
    from services.audit import remove_old_events

    asking = operator(platform.tenant(request.tenant))
    return {"removed": remove_old_events(platform, asking, keep_days=request.keep_days)}
