"""Changes how a source is reached: another address, or credentials that are in force again."""

from pydantic import Field

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-change"


class Request(CommandRequest):
    """`values` are the fields that change; secrets have to be given again where any other field changes."""

    tenant: str
    name: str
    values: dict[str, str] = Field(default_factory=dict, repr=False)


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Reach it, then keep it. Raises SourceError, InvalidError, ForbiddenError, ConflictError."""
    from services.sync.report import source_as_json
    from services.sync.sources import change_source

    progress(f"Reaching {request.name}")
    principal = operator(platform.tenant(request.tenant))
    return source_as_json(change_source(platform, principal, request.name, request.values))
