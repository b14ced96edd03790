"""Puts the revenue pack on a source."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-map"


class Request(CommandRequest):
    """Which source and which canonical tables; `apply` puts the definitions in force, otherwise they are shown."""

    tenant: str
    name: str
    apply: bool = False
    tables: tuple[str, ...] = ()
    replaces: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The definitions over its tables. Raises InvalidError, ConflictError, ForbiddenError."""
    from services.pack.pack import apply_pack, draft_pack

    principal = operator(platform.tenant(request.tenant))
    drafts = draft_pack(platform, principal, request.name, only=request.tables)
    changed: tuple[str, ...] = ()
    if request.apply:
        changed = apply_pack(platform, principal, request.name, only=request.tables, replaces=request.replaces).changed
    left = [
        model for model in (file.removesuffix(".yaml") for file in drafts) if request.apply and model not in changed
    ]
    said = [f"{model}: in force" for model in changed] or list(drafts.values())
    said += [f"{model}: there is a model of this name already, it stays as it is" for model in left]
    return {"drafts": drafts, "changed": list(changed), "said": said}
