"""Makes a one-time sign-in link for a member."""

from services.commands import Answer, CommandRequest, Progress
from services.organisation import require_member
from services.platform import Platform
from services.signin import create_signin_link

KIND = "signin-link"


class Request(CommandRequest):
    """The member's address and tenant."""

    tenant: str
    email: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Make the link. Raises ForbiddenError with the nearest addresses."""
    member = require_member(platform, platform.tenant(request.tenant), request.email)
    return {"email": member.email, "tenant": member.tenant.slug, "signin_link": create_signin_link(platform, member)}
