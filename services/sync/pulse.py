"""Whether a sync is due: asked every few seconds, so it loads nothing that syncing needs."""

from sqlalchemy import select

from services.platform import Platform
from tenants.source_schema import SourceRow


def has_due_sync(platform: Platform) -> bool:
    """Whether the time of a scheduled source has come."""
    due = select(SourceRow.id).where(SourceRow.schedule != "", SourceRow.next_run_at <= platform.clock()).limit(1)
    with platform.session() as session:
        return session.scalar(due) is not None
