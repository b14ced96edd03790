"""Removes the second factor of a member who lost it."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "reset-second-factor"


class Request(CommandRequest):
    """Whose."""

    tenant: str
    email: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Remove it. Raises ForbiddenError for an unknown member."""
    from services.second_factor import reset_factor

    reset_factor(platform, operator(platform.tenant(request.tenant)), request.email)
    return {"email": request.email}
