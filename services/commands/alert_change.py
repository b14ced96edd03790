"""Looks at an alert at once, puts it off, acknowledges what it found, pauses or removes it."""

from typing import Literal

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "alert-change"


class Request(CommandRequest):
    """Which alert, and what is to become of it; `hours` is how long it is put off, `of` a member of its dimension."""

    tenant: str
    name: str
    change: Literal["check", "snooze", "acknowledge", "pause", "resume", "remove"]
    hours: float = 0
    of: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Do it; the alert as it then is, or its name where it was removed. Raises ForbiddenError, InvalidError."""
    from services.alerts import alerts
    from services.alerts.answers import alert_as_json

    asking = operator(platform.tenant(request.tenant))
    match request.change:
        case "check":
            alerts.check_now(platform, asking, request.name)
        case "snooze":
            alerts.snooze_alert(platform, asking, request.name, request.hours)
        case "acknowledge":
            alerts.acknowledge_alert(platform, asking, request.name, request.of)
        case "pause" | "resume":
            alerts.pause_alert(platform, asking, request.name, is_paused=request.change == "pause")
        case "remove":
            alerts.remove_alert(platform, asking, request.name)
            return {"removed": request.name}
    return alert_as_json(alerts.require_alert(platform, asking, request.name))
