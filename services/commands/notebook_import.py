"""Saves notebooks from YAML files."""

from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.files import read_yaml_files
from services.platform import Platform
from tenants.access import operator

KIND = "notebook-import"


class Request(CommandRequest):
    """The absolute path of a YAML file, or of a folder of them."""

    path: str
    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Save a new version of each notebook that changed. Raises NotebookError with every problem."""
    from services.notebooks import save_notebooks

    tenant = platform.tenant(request.tenant)
    files = read_yaml_files(Path(request.path))
    progress(f"Checking {', '.join(files)}")
    changed = save_notebooks(platform, operator(tenant), files)
    said = [f"{name}: new version saved" for name in changed] or ["Nothing changed; all were saved as they are."]
    return {"changed": list(changed), "said": said}
