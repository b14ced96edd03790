"""Checks metric definitions and puts them in force."""

from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.files import read_yaml_files
from services.platform import Platform
from tenants.access import operator

KIND = "metrics-apply"


class Request(CommandRequest):
    """The absolute path of a folder of YAML files, or of one file; `prune` removes models it does not hold."""

    folder: str
    tenant: str
    prune: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Apply. Raises DefinitionError with every problem."""
    from services.definitions import apply_definitions

    tenant = platform.tenant(request.tenant)
    files = read_yaml_files(Path(request.folder))
    progress(f"Checking {', '.join(files)}")
    applied = apply_definitions(platform, operator(tenant), files, prune=request.prune)
    said = [f"{name}: new version in force" for name in applied.changed]
    said += [f"{name}: removed" for name in applied.removed]
    said += [f"{name}: kept, it is in none of these files (--prune removes it)" for name in applied.kept]
    if not applied.changed and not applied.removed:
        said.insert(0, "Nothing changed; all these definitions were in force.")
    return {
        "changed": list(applied.changed),
        "removed": list(applied.removed),
        "kept": list(applied.kept),
        "said": said,
    }
