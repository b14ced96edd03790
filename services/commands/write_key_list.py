"""Lists the keys by which a tenant's software sends events."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "write-key-list"


class Request(CommandRequest):
    """Which tenant's."""

    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The keys, without what they are."""
    from services.events.keys import list_write_keys

    keys = list_write_keys(platform, operator(platform.tenant(request.tenant)))
    return {
        "keys": [
            {"name": one.name, "created_at": one.created_at.isoformat(), "created_by": one.created_by} for one in keys
        ]
    }
