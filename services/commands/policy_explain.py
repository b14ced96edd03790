"""Tells why a member may or may not see or do something."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "policy-explain"


class Request(CommandRequest):
    """The member, and a permission, a notebook or a table."""

    tenant: str
    member: str
    what: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The reasons. Raises ForbiddenError, RefusedError."""
    from services.explanation import explain_access

    explained = explain_access(platform, operator(platform.tenant(request.tenant)), request.member, request.what)
    said = f"{request.member} {'may' if explained.is_allowed else 'may not'}: {request.what}."
    return {"is_allowed": explained.is_allowed, "said": [said, *explained.reasons]}
