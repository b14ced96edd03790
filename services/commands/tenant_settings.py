"""Shows or changes what a tenant says of itself."""

from dataclasses import asdict, replace

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "tenant-settings"


class Request(CommandRequest):
    """Which tenant; what is None stays as it is."""

    tenant: str
    name: str | None = None
    zone: str | None = None
    currency: str | None = None
    fiscal_start_month: int | None = None
    week_start: int | None = None
    accent: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Change and show them. Raises InvalidError."""
    from services.tenant_settings import change_settings, settings_of

    tenant = platform.tenant(request.tenant)
    given = request.model_dump(exclude={"tenant"}, exclude_none=True)
    if given:
        change_settings(platform, operator(tenant), replace(settings_of(tenant), **given))
    return {"tenant": tenant.slug, "settings": asdict(settings_of(platform.tenant(request.tenant)))}
