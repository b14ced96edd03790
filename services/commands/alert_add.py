"""Makes an alert."""

from pydantic import Field

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform

KIND = "alert-add"


class Request(CommandRequest):
    """The plan of the alert, and the member whose it is."""

    tenant: str
    member: str
    name: str
    rule: str
    metric: str = ""
    notebook: str = ""
    cell: str = ""
    period: str = "quarter"
    dimension: str = ""
    where: str = ""
    recipients: list[str] = Field(default_factory=list)
    channel: str = "mail"
    cron: str = ""
    is_after_sync: bool = True
    digest: str = ""
    quiet: str = ""
    escalate_to: list[str] = Field(default_factory=list)
    escalate_after_h: int = 24


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Keep it. Raises InvalidError, ConflictError, ForbiddenError."""
    from notebooks.scope import CELL_PERIODS
    from services.alerts.alerts import add_alert
    from services.alerts.answers import alert_as_json
    from services.alerts.spec import AlertPlan
    from services.deliveries.channels import parse_channel
    from services.deliveries.spec import parse_choice
    from services.organisation import require_member

    given = request.model_dump(exclude={"tenant", "member", "recipients", "escalate_to", "channel", "period"})
    plan = AlertPlan(
        **given,
        period=parse_choice(type(CELL_PERIODS[0]), request.period),
        recipients=tuple(request.recipients),
        escalate_to=tuple(request.escalate_to),
        channel=parse_channel(request.channel),
    )
    owner = require_member(platform, platform.tenant(request.tenant), request.member)
    return alert_as_json(add_alert(platform, owner, plan))
