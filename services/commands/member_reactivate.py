"""Lets a deactivated member in again."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "member-reactivate"


class Request(CommandRequest):
    """The member."""

    tenant: str
    email: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Do it. Raises ForbiddenError, ConflictError."""
    from services.members import find_member_id, reactivate_member

    asking = operator(platform.tenant(request.tenant))
    reactivate_member(platform, asking, find_member_id(platform, asking, request.email))
    return {"email": request.email.strip().lower()}
