"""Runs one SELECT of a member."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "sql"


class Request(CommandRequest):
    """The SELECT as typed; `member` is the address whose rights apply."""

    tenant: str
    text: str
    member: str | None = None
    as_of: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Answer. Raises RefusedError, LimitError, ForbiddenError."""
    from services.answers import result_as_json
    from services.organisation import require_member
    from services.sql import run_sql

    tenant = platform.tenant(request.tenant)
    principal = require_member(platform, tenant, request.member) if request.member else operator(tenant)
    return result_as_json(run_sql(platform, principal, request.text, as_of=request.as_of))
