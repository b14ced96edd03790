"""Erases a tenant for good."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "tenant-erase"


class Request(CommandRequest):
    """Which tenant, and its short name again."""

    tenant: str
    confirm: str = ""


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Erase it. Raises InvalidError."""
    from services.erasure import erase_tenant

    principal = operator(platform.tenant(request.tenant))
    removed = erase_tenant(platform, principal, confirm=request.confirm, step=progress)
    return {"tenant": request.tenant, "backups_removed": removed}
