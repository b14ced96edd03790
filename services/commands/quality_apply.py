"""Checks the checks of tables and puts them in force."""

from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.files import read_yaml_files
from services.platform import Platform
from tenants.access import operator

KIND = "quality-apply"


class Request(CommandRequest):
    """The absolute path of a folder of YAML files, or of one file; `prune` removes those it does not name."""

    folder: str
    tenant: str
    prune: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Apply and measure. Raises DefinitionError with every problem."""
    from services.quality.checks import apply_checks

    principal = operator(platform.tenant(request.tenant))
    files = read_yaml_files(Path(request.folder))
    progress(f"Checking {', '.join(files)}")
    applied = apply_checks(platform, principal, files, prune=request.prune)
    said = [f"{name}: in force" for name in applied.changed] + [f"{name}: removed" for name in applied.removed]
    return {
        "changed": list(applied.changed),
        "removed": list(applied.removed),
        "said": said or ["Nothing changed; all these checks were in force."],
    }
