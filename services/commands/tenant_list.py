"""Lists the tenants."""

from services.commands import Answer, CommandRequest, Progress
from services.organisation import describe_tenants
from services.platform import Platform

KIND = "tenant-list"


class Request(CommandRequest):
    """Nothing to say."""


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """All tenants with their members, tables and the version of their data."""
    return {"tenants": describe_tenants(platform)}
