"""Puts a tenant back from a backup, or tries whether it could be."""

from pathlib import Path

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform

KIND = "tenant-restore"
BEGINS = True


class Request(CommandRequest):
    """The backup's absolute path; the file of an earlier master key; whether it is only tried."""

    path: str
    key_file: str | None = None
    check: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Restore or try. Raises BackupFault, KeyFault, ConflictError."""
    from services.restore import check_backup, restore_backup

    key_file = None if request.key_file is None else Path(request.key_file)
    work = check_backup if request.check else restore_backup
    done = work(platform, Path(request.path), key_file=key_file, step=progress)
    return {
        "tenant": done.header.slug,
        "made_at": done.header.made_at.isoformat(),
        "rows": done.rows,
        "is_in_place": done.is_in_place,
    }
