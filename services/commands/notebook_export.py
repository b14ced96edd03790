"""Writes a tenant's notebooks as YAML files."""

from services.commands import Answer, CommandRequest, Progress
from services.files import write_documents
from services.platform import Platform
from tenants.access import operator

KIND = "notebook-export"


class Request(CommandRequest):
    """The absolute path of the folder to write to."""

    folder: str
    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Write one file for each notebook, as it was saved."""
    from services.notebooks import export_notebooks

    documents = export_notebooks(platform, operator(platform.tenant(request.tenant)))
    return {"files": write_documents(request.folder, documents, progress)}
