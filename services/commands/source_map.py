"""Puts the revenue pack on a source."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-map"


class Request(CommandRequest):
    """Which source; `apply` puts the definitions in force, otherwise they are shown."""

    tenant: str
    name: str
    apply: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The definitions over its tables. Raises InvalidError, ConflictError, ForbiddenError."""
    from services.pack.pack import apply_pack, draft_pack

    principal = operator(platform.tenant(request.tenant))
    drafts = draft_pack(platform, principal, request.name)
    changed = apply_pack(platform, principal, request.name).changed if request.apply else ()
    said = [f"{model}: in force" for model in changed] or list(drafts.values())
    return {"drafts": drafts, "changed": list(changed), "said": said}
