"""Writes a notebook as a report."""

from typing import Literal

from pydantic import SecretStr

from services.commands import Answer, CommandRequest, Progress
from services.files import make_folder, write_file
from services.platform import Platform
from tenants.access import operator

KIND = "report"


class Request(CommandRequest):
    """The notebook's name, whose rights apply, format and paper, and the absolute path of the folder to write to."""

    notebook: str
    tenant: str
    folder: str
    format: str = "pdf"
    member: str | None = None
    paper: Literal["a4", "letter"] | None = None
    cover: bool = False
    attach_data: bool = False
    password: SecretStr = SecretStr("")


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Render and write the file. Raises ForbiddenError, InvalidError."""
    from exports import PageSize
    from services.organisation import require_member
    from services.reports import export_report

    tenant = platform.tenant(request.tenant)
    principal = require_member(platform, tenant, request.member) if request.member else operator(tenant)
    progress(f"Running {request.notebook} as {principal.name}")
    exported = export_report(
        platform,
        principal,
        request.notebook,
        request.format,
        paper=PageSize(request.paper) if request.paper else None,
        has_cover=request.cover,
        has_data=request.attach_data,
        password=request.password.get_secret_value(),
    )
    path = make_folder(request.folder) / exported.file_name
    write_file(path, exported.content)
    return {
        "path": str(path),
        "format": request.format,
        "bytes": len(exported.content),
        "cells": exported.cells,
        "problems": list(exported.problems),
        "watermark": str(exported.watermark),
    }
