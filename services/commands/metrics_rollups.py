"""Lists the rollups that slow questions suggest, or builds them."""

from metrics.rollup import Rollup
from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "metrics-rollups"


class Request(CommandRequest):
    """`build` builds what is suggested."""

    tenant: str
    build: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """List, or build."""
    from services.rollups import build_suggested, suggest_rollups

    principal = operator(platform.tenant(request.tenant))
    if request.build:
        progress("Building rollups")
    found = (build_suggested if request.build else suggest_rollups)(platform, principal)
    said = [f"{_words(one)}: {'built' if request.build else 'suggested'}" for one in found]
    rollups = [
        {"model": one.model, "time": one.time, "dimensions": list(one.dimensions), "measures": list(one.measures)}
        for one in found
    ]
    return {"rollups": rollups, "said": said or ["No question was slow often enough to suggest a rollup."]}


def _words(rollup: Rollup) -> str:
    days = f"by day of {rollup.time}" if rollup.time else "of all time"
    split = f" and {', '.join(rollup.dimensions)}" if rollup.dimensions else ""
    return f"{', '.join(rollup.measures)} of {rollup.model} {days}{split}"
