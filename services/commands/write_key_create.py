"""Makes a key by which a tenant's software sends events; it is shown this once."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "write-key-create"


class Request(CommandRequest):
    """Which tenant's, and what the key is called."""

    tenant: str
    name: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The key. Raises InvalidError, ConflictError."""
    from services.events.keys import create_write_key

    key = create_write_key(platform, operator(platform.tenant(request.tenant)), request.name)
    return {"name": request.name, "key": key}
