"""Checks this installation."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform

KIND = "doctor"


class Request(CommandRequest):
    """Nothing to say."""


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Every check with its result; `ok` is whether all passed."""
    from services.doctor import run_checks

    checks = run_checks(platform, progress)
    return {"ok": all(check.ok for check in checks), "checks": [check.as_json() for check in checks]}
