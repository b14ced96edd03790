"""Proves a tenant's audit log."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "audit-verify"


class Request(CommandRequest):
    """Whose log."""

    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Every problem found; none means that the log is whole."""
    from services.audit import verify_log

    progress(f"Reading the log of {request.tenant}")
    proof = verify_log(platform, operator(platform.tenant(request.tenant)))
    return {
        "ok": not proof.problems,
        "lines": proof.lines,
        "first": proof.first,
        "last": proof.last,
        "head": proof.head_hash,
        "problems": list(proof.problems),
    }
