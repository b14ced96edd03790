"""Checks row and column policies and puts them in force."""

from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.files import read_yaml_files
from services.platform import Platform
from tenants.access import operator

KIND = "policy-apply"


class Request(CommandRequest):
    """The absolute path of a folder of YAML files, or of one file; `prune` removes policies it does not hold."""

    folder: str
    tenant: str
    prune: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Apply. Raises DefinitionError with every problem."""
    from services.policies import apply_policies

    tenant = platform.tenant(request.tenant)
    files = read_yaml_files(Path(request.folder))
    progress(f"Checking {', '.join(files)}")
    applied = apply_policies(platform, operator(tenant), files, prune=request.prune)
    said = [f"{name}: in force" for name in applied.changed] + [f"{name}: removed" for name in applied.removed]
    return {
        "changed": list(applied.changed),
        "removed": list(applied.removed),
        "said": said or ["Nothing changed; all these policies were in force."],
    }
