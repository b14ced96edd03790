"""Makes a schedule of deliveries."""

from pydantic import Field, SecretStr

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "schedule-add"


class Request(CommandRequest):
    """The plan of the schedule; the zone is the tenant's where none is given."""

    tenant: str
    name: str
    notebook: str
    cron: str
    recipients: list[str] = Field(default_factory=list)
    formats: list[str] = Field(default_factory=lambda: ["pdf"])
    zone: str = ""
    condition: str = ""
    on_problem: str = "send"
    catch_up: str = "latest"
    quiet: str = ""
    holidays: str = ""
    on_holiday: str = "skip"
    is_active: bool = True
    channel: str = "mail"
    password: SecretStr = SecretStr("")


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Keep it. Raises InvalidError, ConflictError, ForbiddenError."""
    from services.deliveries.answers import schedule_as_json
    from services.deliveries.channels import parse_channel
    from services.deliveries.channels.webhook import signing_secret
    from services.deliveries.rest import OnHoliday, Rest
    from services.deliveries.schedules import add_schedule
    from services.deliveries.spec import CatchUp, OnProblem, Plan, parse_choice

    plan = Plan(
        name=request.name,
        notebook=request.notebook,
        cron=request.cron,
        recipients=tuple(request.recipients),
        formats=tuple(request.formats),
        zone=request.zone,
        condition=request.condition,
        on_problem=parse_choice(OnProblem, request.on_problem),
        catch_up=parse_choice(CatchUp, request.catch_up),
        is_active=request.is_active,
        rest=Rest(
            quiet=request.quiet, holidays=request.holidays, on_holiday=parse_choice(OnHoliday, request.on_holiday)
        ),
        channel=parse_channel(request.channel),
    )
    principal = operator(platform.tenant(request.tenant))
    answer = schedule_as_json(add_schedule(platform, principal, plan, password=request.password.get_secret_value()))
    # What the receiver of a webhook checks signatures with.
    is_webhook = plan.channel["kind"] == "webhook"
    return answer | ({"signing_secret": signing_secret(platform, principal.tenant)} if is_webhook else {})
