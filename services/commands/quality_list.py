"""Lists the checks of tables with how they came out, and the metrics that depend on those that failed."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "quality-list"


class Request(CommandRequest):
    """`measure` measures all checks again first."""

    tenant: str
    measure: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Every check in force."""
    from services.quality.checks import run_checks
    from services.quality.doubts import doubted_metrics
    from services.quality.results import list_results

    principal = operator(platform.tenant(request.tenant))
    if request.measure:
        progress("Measuring")
        run_checks(platform, principal)
    checks = [
        {
            "table": one.table,
            "check": one.label,
            "on_failure": one.on_failure.value,
            "state": one.state.value,
            "said": one.said,
            "measured_at": None if one.measured_at is None else one.measured_at.isoformat(),
        }
        for one in list_results(platform, principal)
    ]
    return {"checks": checks, "doubted": doubted_metrics(platform, principal)}
