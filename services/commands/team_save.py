"""Makes a team or changes it."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "team-save"


class Request(CommandRequest):
    """The team; what is None stays as it is. `above` is empty for the top."""

    tenant: str
    name: str
    rename: str | None = None
    above: str | None = None
    managers: list[str] | None = None
    members: list[str] | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Keep it. Raises InvalidError, ConflictError, ForbiddenError."""
    from services.teams import list_teams, save_team

    asking = operator(platform.tenant(request.tenant))
    known = next((one for one in list_teams(platform, asking) if one.name == request.name), None)
    before_above, before_managers, before_members = (
        (known.above, known.managers, known.members) if known else (None, (), ())
    )
    name = request.rename or request.name
    save_team(
        platform,
        asking,
        name=name,
        was=request.name if known else None,
        above=before_above if request.above is None else request.above or None,
        managers=before_managers if request.managers is None else request.managers,
        members=before_members if request.members is None else request.members,
    )
    return {"team": name}
