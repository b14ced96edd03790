"""Writes who has access to what, and who looked at what in a period, as a report."""

import datetime as dt
from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.files import write_file
from services.platform import Platform
from tenants.access import operator

KIND = "audit-report"


class Request(CommandRequest):
    """Whose, which days, both included, the format, and the absolute path of the file."""

    tenant: str
    first: dt.date
    last: dt.date
    path: str
    format: str = "pdf"


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Write it. Raises InvalidError."""
    from services.compliance import export_compliance

    asking = operator(platform.tenant(request.tenant))
    content = export_compliance(platform, asking, first=request.first, last=request.last, format_name=request.format)
    write_file(Path(request.path), content)
    return {"path": request.path, "format": request.format, "bytes": len(content)}
