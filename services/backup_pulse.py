"""Whether a backup is due: asked every few seconds, so it loads nothing that backing up needs."""

from sqlalchemy import select

from services.platform import Platform
from tenants.backup_schema import BackupPlanRow


def has_due_backup(platform: Platform) -> bool:
    """Whether the time of a planned backup has come."""
    due = select(BackupPlanRow.tenant_id).where(BackupPlanRow.next_at <= platform.clock()).limit(1)
    with platform.session() as session:
        return session.scalar(due) is not None
