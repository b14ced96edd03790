"""Gives a member roles."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "member-roles"


class Request(CommandRequest):
    """The member, and every role they are to have."""

    tenant: str
    email: str
    roles: list[str]


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Change them. Raises InvalidError, ForbiddenError, ConflictError for the only administrator."""
    from services.members import change_roles, find_member_id

    asking = operator(platform.tenant(request.tenant))
    change_roles(platform, asking, find_member_id(platform, asking, request.email), request.roles)
    return {"email": request.email.strip().lower(), "roles": sorted(set(request.roles))}
