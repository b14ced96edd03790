"""Backs up a tenant, or all of them."""

from pathlib import Path

from core.errors import InvalidError, UserError
from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "tenant-backup"


class Request(CommandRequest):
    """Which tenant, None being all; the absolute folder to write to; how many to keep in it of each tenant."""

    tenant: str | None = None
    folder: str | None = None
    keep: int | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Write the backups; one that fails does not stop the others. Raises InvalidError, LimitError."""
    from services.backups import back_up
    from services.organisation import list_tenants

    folder = None if request.folder is None else Path(request.folder)
    tenants = list_tenants(platform) if request.tenant is None else [platform.tenant(request.tenant)]
    made: list[Answer] = []
    failed: list[str] = []
    for tenant in tenants:
        try:
            one = back_up(platform, operator(tenant), folder=folder, keep=request.keep, step=progress)
        except UserError as error:
            if request.tenant is not None or isinstance(error, InvalidError):
                raise
            failed.append(f"{tenant.slug}: {error.message}")
            continue
        made.append(
            {
                "tenant": tenant.slug,
                "path": str(one.backup.path),
                "bytes": one.backup.bytes,
                "sha256": one.sha256,
                "rows": one.rows,
                "removed": [str(path) for path in one.removed],
            }
        )
    return {"backups": made, "failed": failed}
