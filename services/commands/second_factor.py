"""Shows or changes whether a tenant demands a second factor of who signs in by password or link."""

from dataclasses import asdict

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "second-factor"


class Request(CommandRequest):
    """Which tenant; where `is_demanded` is None it stays as it is."""

    tenant: str
    is_demanded: bool | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Change and show it: `is_demanded`, and of how many active `members` how many are `without` one."""
    from services.factor_demand import demand_factor, describe_factor_demand

    asking = operator(platform.tenant(request.tenant))
    if request.is_demanded is not None:
        demand_factor(platform, asking, is_demanded=request.is_demanded)
    return asdict(describe_factor_demand(platform, asking))
