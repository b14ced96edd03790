"""Writes everything a tenant has as a file of open formats."""

from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "tenant-export"


class Request(CommandRequest):
    """Which tenant, and the absolute path of the ZIP file."""

    tenant: str
    path: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Write it. Raises LimitError."""
    from services.tenant_export import export_tenant

    path = Path(request.path)
    rows = export_tenant(platform, operator(platform.tenant(request.tenant)), path, step=progress)
    return {"tenant": request.tenant, "path": request.path, "bytes": path.stat().st_size, "rows": rows}
