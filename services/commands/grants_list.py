"""Lists who may see and change which folder, notebook, model and source by a grant."""

from dataclasses import asdict

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "grants-list"


class Request(CommandRequest):
    """The tenant."""

    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Every grant of the tenant."""
    from services.sharing import list_grants

    found = list_grants(platform, operator(platform.tenant(request.tenant)))
    return {"grants": [asdict(one) for one in found]}
