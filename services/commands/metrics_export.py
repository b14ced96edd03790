"""Writes a tenant's metric definitions as YAML files."""

from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "metrics-export"


class Request(CommandRequest):
    """The absolute path of the folder to write to."""

    folder: str
    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Write one file for each model, as it was applied; other files of the folder are left alone."""
    from services.definitions import export_definitions

    tenant = platform.tenant(request.tenant)
    folder = Path(request.folder)
    folder.mkdir(parents=True, exist_ok=True)
    files: list[str] = []
    for document in export_definitions(platform, operator(tenant)):
        path = folder / f"{document.name}.yaml"
        path.write_text(document.text, encoding="utf-8")
        progress(f"{path.name}, version {document.version}")
        files.append(str(path))
    return {"files": files}
