"""Writes a tenant's audit log as a file."""

from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.files import write_file
from services.platform import Platform
from tenants.access import operator

KIND = "audit-export"


class Request(CommandRequest):
    """Whose log, the format, and the absolute path of the file."""

    tenant: str
    path: str
    format: str = "json"


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Write it. Raises InvalidError."""
    from services.audit import AuditFilter, export_events

    content = export_events(platform, operator(platform.tenant(request.tenant)), AuditFilter(), request.format)
    write_file(Path(request.path), content)
    return {"path": request.path, "format": request.format, "bytes": len(content)}
