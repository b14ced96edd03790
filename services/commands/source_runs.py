"""Lists the runs of sources."""

from pydantic import Field

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-runs"


class Request(CommandRequest):
    """Which source's, all for None."""

    tenant: str
    name: str | None = None
    limit: int = Field(default=20, ge=1, le=500)


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The newest runs, newest first. Raises ForbiddenError."""
    from services.sync.report import run_as_json
    from services.sync.runs import list_runs

    principal = operator(platform.tenant(request.tenant))
    return {"runs": [run_as_json(one) for one in list_runs(platform, principal, request.name, limit=request.limit)]}
