"""Drafts models and metrics for the imported tables that have none."""

from collections.abc import Mapping
from pathlib import Path

from core.errors import InvalidError
from services.commands import Answer, CommandRequest, Progress
from services.files import make_folder, write_file
from services.platform import Platform
from tenants.access import operator

KIND = "metrics-propose"


class Request(CommandRequest):
    """The absolute path of a folder to write the drafts to, or `apply` to put them in force as they are."""

    tenant: str
    folder: str | None = None
    apply: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Draft. Raises InvalidError where a file is there already."""
    from services.definitions import apply_definitions
    from services.proposal import propose_definitions

    principal = operator(platform.tenant(request.tenant))
    progress("Looking at the imported tables")
    drafts = propose_definitions(platform, principal)
    files: list[str] = []
    if request.folder is not None and drafts:
        files = _write(make_folder(request.folder), drafts)
    changed: tuple[str, ...] = ()
    if request.apply and drafts:
        changed = apply_definitions(platform, principal, drafts).changed
    said = [f"{name}: in force" for name in changed] + [f"{path}: written" for path in files]
    if not drafts:
        said = ["Every imported table has a model; there is nothing to propose."]
    elif not said:
        said = ["\n".join(drafts.values())]
    return {"drafts": drafts, "changed": list(changed), "files": files, "said": said}


def _write(folder: Path, drafts: Mapping[str, str]) -> list[str]:
    """Write each draft as a new file; what somebody has written there already is not overwritten."""
    paths = {folder / name: text for name, text in drafts.items()}
    taken = [str(path) for path in paths if path.exists()]
    if taken:
        raise InvalidError(f"{', '.join(taken)} exists already; name another folder.")
    for path, text in paths.items():
        write_file(path, text.encode())
    return [str(path) for path in paths]
