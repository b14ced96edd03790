"""Takes over semantic models and metrics of dbt: writes them as definitions of ours, or puts them in force."""

from pathlib import Path

from core.errors import RefusedError
from services.commands import Answer, CommandRequest, Progress
from services.files import make_folder, read_yaml_files, write_file
from services.platform import Platform
from tenants.access import operator

KIND = "metrics-import-dbt"


class Request(CommandRequest):
    """The absolute path of the folder of dbt's YAML files, and of one to write to.

    `apply` puts in force what was taken over, with `partial` also where something was refused.
    """

    folder: str
    tenant: str
    out: str | None = None
    apply: bool = False
    partial: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Take over. Raises RefusedError where something has no equal here and not only a part is wanted."""
    from metrics.dbt import import_dbt
    from services.definitions import apply_definitions

    principal = operator(platform.tenant(request.tenant))
    files = read_yaml_files(Path(request.folder))
    progress(f"Reading {', '.join(files)}")
    imported = import_dbt(files)
    said = [f"Refused: {reason}" for reason in imported.refused]
    if request.apply and imported.refused and not request.partial:
        raise RefusedError("\n".join(["Nothing was put in force; --partial leaves these out:", *imported.refused]))
    if request.out is not None:
        folder = make_folder(request.out)
        for name, text in imported.files.items():
            write_file(folder / name, text.encode())
            said.append(f"{folder / name}: written")
    if request.apply:
        applied = apply_definitions(platform, principal, imported.files)
        said += [f"{name}: in force" for name in applied.changed]
    elif request.out is None:
        said += list(imported.files.values())
    return {"files": dict(imported.files), "refused": list(imported.refused), "said": said}
