"""Whether a mail about a changed sign-in is due: asked every few seconds, so it loads nothing that sending needs."""

from sqlalchemy import select

from services.platform import Platform
from tenants.notice_schema import NoticeRow


def has_due_notice(platform: Platform) -> bool:
    """Whether the time of a queued mail has come."""
    due = select(NoticeRow.id).where(NoticeRow.due_at <= platform.clock()).limit(1)
    with platform.session() as session:
        return session.scalar(due) is not None
