"""Shows, sets or ends when a tenant is backed up by itself."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "tenant-backup-plan"


class Request(CommandRequest):
    """Which tenant; the cron time to set, `off` to end it, None to show it; how many backups are kept."""

    tenant: str
    schedule: str | None = None
    keep: int = 14


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Do it. Raises InvalidError."""
    from services.backup_plans import find_backup_plan, plan_backups, stop_backups

    asking = operator(platform.tenant(request.tenant))
    if request.schedule == "off":
        stop_backups(platform, asking)
    elif request.schedule is not None:
        plan_backups(platform, asking, request.schedule, keep=request.keep)
    plan = find_backup_plan(platform, asking)
    if plan is None:
        return {"tenant": request.tenant, "plan": None}
    return {
        "tenant": request.tenant,
        "plan": {
            "schedule": plan.cron,
            "keep": plan.keep,
            "next_at": plan.next_at.isoformat(),
            "last_at": None if plan.last_at is None else plan.last_at.isoformat(),
            "problem": plan.problem,
        },
    }
