"""The metadata table of when a tenant is backed up."""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class BackupPlanRow(Base):
    """When a tenant is backed up by itself, how many backups are kept, and how the last one went."""

    __tablename__ = "backup_plans"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    cron: Mapped[str] = mapped_column(String(100))
    keep: Mapped[int]
    next_at: Mapped[dt.datetime]
    last_at: Mapped[dt.datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
