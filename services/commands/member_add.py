"""Adds a member to a tenant."""

from pydantic import Field, SecretStr

from services.commands import Answer, CommandRequest, Progress
from services.letter import require_mail
from services.members import invite_again
from services.organisation import add_member
from services.platform import Platform
from services.signin import create_signin_link
from tenants.access import operator

KIND = "member-add"


class Request(CommandRequest):
    """The new member; without a password the answer holds a one-time sign-in link, which `mail` sends to them."""

    tenant: str
    email: str
    name: str = ""
    role: str = "analyst"
    password: SecretStr | None = None
    mail: bool = False
    attributes: dict[str, list[str]] = Field(default_factory=dict)


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Add the member. Raises InvalidError, ConflictError."""
    principal = operator(platform.tenant(request.tenant))
    if request.mail:
        require_mail(platform)
    password = request.password.get_secret_value() if request.password else None
    member = add_member(
        platform,
        principal,
        email=request.email,
        name=request.name,
        role=request.role,
        password=password,
        attributes=request.attributes,
    )
    answer: Answer = {"email": member.email, "name": member.name, "role": member.role, "tenant": member.tenant.slug}
    if request.mail:
        sent = invite_again(platform, principal, member.member_id or "", by_mail=True)
        answer |= {"is_sent": sent.is_sent, "problem": sent.problem}
        if not sent.is_sent:
            answer["signin_link"] = sent.link
    elif password is None:
        answer["signin_link"] = create_signin_link(platform, member)
    return answer
