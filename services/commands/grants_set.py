"""Says who may see and change a folder, a notebook, a model or a source, and in which folder that lies."""

from collections.abc import Mapping
from typing import Literal

from core.errors import InvalidError
from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from services.sharing import Sharing
from tenants.access import Principal, operator

KIND = "grants-set"


class Request(CommandRequest):
    """The thing, a folder by its path; what is None stays. `place` is the path of a folder, empty for the top."""

    tenant: str
    kind: Literal["folder", "model", "notebook", "source"]
    name: str
    is_restricted: bool | None = None
    grants: dict[str, str] | None = None
    place: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Keep it; answers with what is in force then. Raises ForbiddenError, InvalidError."""
    from services.folders import list_folders

    asking = operator(platform.tenant(request.tenant))
    folders = {"/".join(one.path): one.id for one in list_folders(platform, asking)}
    found = _describe(platform, asking, request, folders)
    if (request.is_restricted, request.grants, request.place) != (None, None, None):
        found = Sharing(
            is_restricted=found.is_restricted if request.is_restricted is None else request.is_restricted,
            grants=found.grants if request.grants is None else request.grants,
            folder_id=found.folder_id if request.place is None else _folder(request.place, folders),
        )
        _keep(platform, asking, request, folders, found)
        found = _describe(platform, asking, request, folders)
    place = next((path for path, folder_id in folders.items() if folder_id == found.folder_id), "")
    return {"is_restricted": found.is_restricted, "grants": dict(found.grants), "place": place}


def _describe(platform: Platform, asking: Principal, request: Request, folders: Mapping[str, str]) -> Sharing:
    from services.data_sharing import describe_model_sharing, describe_source_sharing
    from services.sharing import describe_sharing

    match request.kind:
        case "model":
            return describe_model_sharing(platform, asking, request.name)
        case "source":
            return describe_source_sharing(platform, asking, request.name)
        case "notebook":
            return describe_sharing(platform, asking, notebook=request.name)
        case "folder":
            return describe_sharing(platform, asking, folder_id=_folder(request.name, folders))


def _keep(
    platform: Platform, asking: Principal, request: Request, folders: Mapping[str, str], sharing: Sharing
) -> None:
    from services.data_sharing import share_model, share_source
    from services.folders import place_notebook
    from services.sharing import share

    is_restricted, grants, folder_id = sharing.is_restricted, sharing.grants, sharing.folder_id
    match request.kind:
        case "model":
            share_model(platform, asking, request.name, is_restricted=is_restricted, grants=grants, folder_id=folder_id)
        case "source":
            share_source(
                platform, asking, request.name, is_restricted=is_restricted, grants=grants, folder_id=folder_id
            )
        case "notebook":
            share(platform, asking, notebook=request.name, is_restricted=is_restricted, grants=grants)
            if request.place is not None:
                place_notebook(platform, asking, request.name, folder_id=folder_id)
        case "folder":
            if request.place is not None:
                raise InvalidError("A folder is moved on the page Notebooks.")
            folder = _folder(request.name, folders)
            share(platform, asking, folder_id=folder, is_restricted=is_restricted, grants=grants)


def _folder(path: str, folders: Mapping[str, str]) -> str | None:
    """The folder of a path; None for the top. What is not there is told by whoever is asked for it."""
    path = path.strip("/ ")
    return folders.get(path, path) if path else None
