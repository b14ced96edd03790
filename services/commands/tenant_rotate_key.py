"""Writes a tenant's store and secrets anew under a new key."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "tenant-rotate-key"


class Request(CommandRequest):
    """Which tenant."""

    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Rotate its key. Raises StoreFault, LimitError."""
    from services.keys import rotate_tenant

    return {
        "tenant": request.tenant,
        "secrets": rotate_tenant(platform, operator(platform.tenant(request.tenant)), progress),
    }
