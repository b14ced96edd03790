"""Connects a tenant's Slack workspace."""

from pydantic import SecretStr

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "channel-slack"


class Request(CommandRequest):
    """The bot token of the workspace."""

    tenant: str
    token: SecretStr


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Keep the token, encrypted. Raises InvalidError."""
    from services.deliveries.channels.slack import connect_slack

    connect_slack(platform, operator(platform.tenant(request.tenant)), request.token.get_secret_value().strip())
    return {"connected": "slack"}
