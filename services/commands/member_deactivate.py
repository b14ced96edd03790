"""Lets a member in no more."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "member-deactivate"


class Request(CommandRequest):
    """The member."""

    tenant: str
    email: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Do it. Raises ForbiddenError, ConflictError."""
    from services.members import deactivate_member, find_member_id

    asking = operator(platform.tenant(request.tenant))
    deactivate_member(platform, asking, find_member_id(platform, asking, request.email))
    return {"email": request.email.strip().lower()}
