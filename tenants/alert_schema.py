"""The metadata tables of alerts: what is watched, and what was found."""

import datetime as dt

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class AlertRow(Base):
    """A metric or a tile that is watched. `due_at` is when it is looked at next; None until the next sync."""

    __tablename__ = "alerts"
    __table_args__ = (UniqueConstraint("tenant_id", "name"), Index("ix_alerts_due_at", "is_active", "due_at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(63))
    owner: Mapped[str] = mapped_column(String(254))
    metric: Mapped[str] = mapped_column(String(200))
    notebook: Mapped[str] = mapped_column(String(200))
    cell: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(32))
    dimension: Mapped[str] = mapped_column(String(200))
    filter: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(100))
    recipients: Mapped[list[str]] = mapped_column(JSON)
    channel: Mapped[dict[str, object]]
    cron: Mapped[str] = mapped_column(String(100))
    is_after_sync: Mapped[bool]
    digest: Mapped[str] = mapped_column(String(100))
    quiet: Mapped[str] = mapped_column(String(11), default="")
    digest_at: Mapped[dt.datetime | None]
    escalate_to: Mapped[list[str]] = mapped_column(JSON)
    escalate_after_h: Mapped[int]
    is_active: Mapped[bool]
    due_at: Mapped[dt.datetime | None]
    snoozed_until: Mapped[dt.datetime | None]
    checked_at: Mapped[dt.datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime]


class AlertFiringRow(Base):
    """From when to when a rule held, for the whole or for one member, as the alert's owner sees it.

    `notice` and `escalation` are the periods of the runs that told it; empty while none has.
    """

    __tablename__ = "alert_firings"
    __table_args__ = (Index("ix_alert_firings_alert", "alert_id", "ended_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    tenant_id: Mapped[str] = mapped_column(String(32))
    member: Mapped[str] = mapped_column(Text)
    began_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    said: Mapped[str] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(String(64), default="")
    escalation: Mapped[str] = mapped_column(String(64), default="")
    acknowledged_at: Mapped[dt.datetime | None]
    acknowledged_by: Mapped[str] = mapped_column(String(254), default="")
