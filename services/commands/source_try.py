"""Shows the first rows of a source and saves nothing."""

from pydantic import Field

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-try"


class Request(CommandRequest):
    """`values` are the fields of the kind's configuration; the first stream is shown where none is named."""

    tenant: str
    kind: str
    values: dict[str, str] = Field(default_factory=dict, repr=False)
    stream: str | None = None
    rows: int = Field(default=10, ge=1, le=100)


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """The columns with their types, and rows. Raises SourceError, InvalidError."""
    from services.answers import json_value
    from services.sync.sources import preview_source

    progress("Reaching the source")
    principal = operator(platform.tenant(request.tenant))
    table = preview_source(platform, principal, request.kind, request.values, request.stream, rows=request.rows)
    rows = [[json_value(value) for value in row.values()] for row in table.to_pylist()]
    return {"columns": {field.name: str(field.type) for field in table.schema}, "rows": rows}
