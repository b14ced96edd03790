"""Removes a team."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "team-remove"


class Request(CommandRequest):
    """Which team."""

    tenant: str
    name: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Remove it. Raises ForbiddenError, ConflictError where teams belong to it."""
    from services.teams import remove_team

    remove_team(platform, operator(platform.tenant(request.tenant)), request.name)
    return {"team": request.name}
