"""Shows or sets what a tenant may use of the machine, and its seats."""

from dataclasses import asdict

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform

KIND = "tenant-limits"


class Request(CommandRequest):
    """Which tenant; the limits to set, where any is given; or to go back to the settings' limits."""

    tenant: str
    memory_mb: int | None = None
    threads: int | None = None
    timeout_s: float | None = None
    max_rows: int | None = None
    disk_mb: int | None = None
    seats: int | None = None
    reset: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Set or show them. Raises InvalidError."""
    from services.limits import find_most_seats, set_limits

    tenant = platform.tenant(request.tenant)
    given = request.model_dump(exclude={"tenant", "reset"}, exclude_none=not request.reset)
    limits = set_limits(platform, tenant, given) if given else platform.store_place(tenant).limits
    return {"tenant": tenant.slug, "limits": {**asdict(limits), "seats": find_most_seats(platform, tenant)}}
