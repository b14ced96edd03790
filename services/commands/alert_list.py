"""Lists the alerts of a tenant, or of one member."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "alert-list"


class Request(CommandRequest):
    """Whose alerts; all of the tenant without a member."""

    tenant: str
    member: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Each with its next look and what it found. Raises ForbiddenError."""
    from services.alerts.alerts import list_alerts
    from services.alerts.answers import alert_as_json
    from services.organisation import require_member

    tenant = platform.tenant(request.tenant)
    asking = require_member(platform, tenant, request.member) if request.member else operator(tenant)
    return {"alerts": [alert_as_json(alert) for alert in list_alerts(platform, asking)]}
