"""Shows how many rows of each table a member sees."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "policy-preview"


class Request(CommandRequest):
    """The tenant, and the address of the member to look as."""

    tenant: str
    member: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Count. Raises ForbiddenError with the nearest addresses, RefusedError."""
    from services.organisation import require_member
    from services.policies import find_view, preview_tables

    tenant = platform.tenant(request.tenant)
    member = require_member(platform, tenant, request.member)
    view = find_view(platform, member)
    tables = preview_tables(platform, operator(tenant), member)
    return {
        "member": member.email,
        "policies": [] if view is None else list(view.policies),
        "sentence": "All rows; no policy binds this member." if view is None else view.sentence,
        "tables": [{"table": one.table, "visible": one.visible, "rows": one.rows} for one in tables],
    }
