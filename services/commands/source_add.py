"""Adds a source after it was reached."""

from pydantic import Field

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from services.sync.choice import StreamWish
from tenants.access import operator

KIND = "source-add"


class Request(CommandRequest):
    """`values` are the fields of the kind's configuration; `streams` what was asked of streams by name."""

    tenant: str
    name: str
    kind: str
    values: dict[str, str] = Field(default_factory=dict, repr=False)
    streams: dict[str, StreamWish] = Field(default_factory=dict)
    prefix: str = ""


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Reach it, then keep it. Raises SourceError, InvalidError, ConflictError."""
    from services.sync.report import source_as_json
    from services.sync.sources import save_source

    progress(f"Reaching {request.name}")
    principal = operator(platform.tenant(request.tenant))
    source = save_source(
        platform,
        principal,
        name=request.name,
        kind=request.kind,
        values=request.values,
        wishes=request.streams,
        prefix=request.prefix,
    )
    return source_as_json(source)
