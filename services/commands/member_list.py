"""Lists the members of a tenant."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "member-list"


class Request(CommandRequest):
    """Whose members."""

    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Every member, deactivated ones too."""
    from services.members import describe_members

    members = describe_members(platform, operator(platform.tenant(request.tenant)))
    return {
        "members": [
            {
                "email": one.email,
                "name": one.name,
                "roles": ", ".join(one.roles),
                "state": one.state.value,
                "seen_at": "" if one.seen_at is None else one.seen_at.isoformat(timespec="minutes"),
                "attributes": ", ".join(f"{name}={value}" for name, value in one.attributes.items()),
            }
            for one in members
        ]
    }
