"""Makes a tenant."""

from pydantic import Field

from services.commands import Answer, CommandRequest, Progress
from services.organisation import create_tenant
from services.platform import Platform

KIND = "tenant-create"
BEGINS = True


class Request(CommandRequest):
    """The new tenant."""

    slug: str
    name: str | None = None
    zone: str = "UTC"
    currency: str = Field(default="USD")
    region: str = ""


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Create it. Raises InvalidError, ConflictError."""
    progress(f"Making tenant {request.slug}")
    tenant = create_tenant(
        platform,
        slug=request.slug,
        name=request.name or request.slug,
        zone=request.zone,
        currency=request.currency,
        region=request.region,
    )
    return {"slug": tenant.slug, "name": tenant.name, "zone": tenant.zone, "currency": tenant.currency}
