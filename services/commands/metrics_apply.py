"""Checks metric definitions and puts them in force."""

from pathlib import Path

from core.errors import InvalidError
from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "metrics-apply"
_SUFFIXES = (".yaml", ".yml")
_MAX_BYTES = 1_000_000


class Request(CommandRequest):
    """The absolute path of a folder of YAML files, or of one file."""

    folder: str
    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Apply. Raises DefinitionError with every problem."""
    from services.definitions import apply_definitions

    tenant = platform.tenant(request.tenant)
    files = _read(Path(request.folder))
    progress(f"Checking {len(files)} files")
    changed = apply_definitions(platform, operator(tenant), files)
    said = [f"{name}: new version in force" for name in changed] or ["Nothing changed; all definitions were in force."]
    return {"changed": list(changed), "said": said}


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        raise InvalidError(f"There is no file or folder {path}.")
    found = sorted(one for one in path.iterdir() if one.suffix in _SUFFIXES) if path.is_dir() else [path]
    if not found:
        raise InvalidError(f"{path} holds no .yaml or .yml file.")
    texts: dict[str, str] = {}
    for file in found:
        if file.stat().st_size > _MAX_BYTES:
            raise InvalidError(f"{file.name} is larger than {_MAX_BYTES:,} bytes; a model is written by hand.")
        try:
            texts[file.name] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise InvalidError(f"{file.name} is not UTF-8 text (byte {error.start}).") from error
    return texts
