"""Writes a tenant's metric definitions as YAML files."""

from services.commands import Answer, CommandRequest, Progress
from services.files import write_documents
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

    documents = export_definitions(platform, operator(platform.tenant(request.tenant)))
    return {"files": write_documents(request.folder, documents, progress)}
