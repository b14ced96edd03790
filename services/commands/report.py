"""Writes a notebook as a report."""

from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "report"


class Request(CommandRequest):
    """The notebook's name, whose rights apply, the format, and the absolute path of the folder to write to."""

    notebook: str
    tenant: str
    folder: str
    format: str = "pdf"
    member: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Render and write the file. Raises ForbiddenError, InvalidError."""
    from services.organisation import require_member
    from services.reports import export_report

    tenant = platform.tenant(request.tenant)
    principal = require_member(platform, tenant, request.member) if request.member else operator(tenant)
    progress(f"Running {request.notebook} as {principal.name}")
    exported = export_report(platform, principal, request.notebook, request.format)
    folder = Path(request.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / exported.file_name
    # A reader never sees half a file.
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(exported.content)
    temporary.replace(path)
    return {
        "path": str(path),
        "format": request.format,
        "bytes": len(exported.content),
        "cells": exported.cells,
        "problems": list(exported.problems),
        "watermark": str(exported.watermark),
    }
