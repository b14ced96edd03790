"""Writes the very files that were delivered."""

from services.commands import Answer, CommandRequest, Progress
from services.files import make_folder, write_file
from services.platform import Platform
from tenants.access import operator

KIND = "delivery-open"


class Request(CommandRequest):
    """Which delivery, and the absolute path of the folder to write to."""

    tenant: str
    id: str
    folder: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Write each of its files. Raises ForbiddenError, InvalidError."""
    from services.deliveries.history import open_delivered, require_delivery

    asking = operator(platform.tenant(request.tenant))
    folder = make_folder(request.folder)
    written = []
    for file in require_delivery(platform, asking, request.id).files:
        write_file(folder / file.name, open_delivered(platform, asking, request.id, file.name))
        written.append({"path": str(folder / file.name), "sha256": file.sha256, "bytes": file.size})
    return {"files": written}
