"""Takes no more events by a key."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "write-key-revoke"


class Request(CommandRequest):
    """Which tenant's, and what the key is called."""

    tenant: str
    name: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Revoke it. Raises ForbiddenError."""
    from services.events.keys import revoke_write_key

    revoke_write_key(platform, operator(platform.tenant(request.tenant)), request.name)
    return {"revoked": request.name}
