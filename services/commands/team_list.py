"""Lists the teams of a tenant."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "team-list"


class Request(CommandRequest):
    """Which tenant."""

    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The teams from the top down."""
    from services.teams import list_teams

    teams = list_teams(platform, operator(platform.tenant(request.tenant)))
    return {
        "teams": [
            {"team": " / ".join(one.path), "managers": list(one.managers), "members": list(one.members)}
            for one in teams
        ]
    }
