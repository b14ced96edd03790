"""Loads files into a tenant's store."""

from pathlib import Path

from pydantic import Field

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "import"


class Request(CommandRequest):
    """Absolute paths of files and folders, and the table's name where there is one file."""

    paths: list[str] = Field(min_length=1)
    tenant: str
    table: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Import, all or none. Raises SourceError, LimitError, InvalidError."""
    from services.imports import import_files

    principal = operator(platform.tenant(request.tenant))
    paths = [Path(path) for path in request.paths]
    return import_files(platform, principal, paths, table=request.table, progress=progress)
