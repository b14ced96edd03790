"""The metadata tables of schedules, deliveries and delivered files.

What was delivered is a record like the audit log: it has no key to the tenant, so that it stays when a tenant is put
back as it was, and a period that was delivered since is not delivered again.
"""

import datetime as dt

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class ScheduleRow(Base):
    """When a notebook is delivered, to whom and how. `next_at` is the first moment that is not planned yet."""

    __tablename__ = "schedules"
    __table_args__ = (UniqueConstraint("tenant_id", "name"), Index("ix_schedules_next_at", "is_active", "next_at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(63))
    notebook: Mapped[str] = mapped_column(String(200))
    formats: Mapped[list[str]] = mapped_column(JSON)
    cron: Mapped[str] = mapped_column(String(100))
    zone: Mapped[str] = mapped_column(String(64))
    recipients: Mapped[list[str]] = mapped_column(JSON)
    condition: Mapped[str] = mapped_column(String(200))
    on_problem: Mapped[str] = mapped_column(String(8))
    catch_up: Mapped[str] = mapped_column(String(8))
    channel: Mapped[dict[str, object]]
    quiet: Mapped[str] = mapped_column(String(11), default="")
    holidays: Mapped[str] = mapped_column(String(12), default="")
    on_holiday: Mapped[str] = mapped_column(String(8), default="skip")
    is_active: Mapped[bool]
    next_at: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str] = mapped_column(String(254))


class DeliveryRunRow(Base):
    """One period of a schedule, worked on by one process at a time: the one that holds the lease.

    It tells enough to be understood when its schedule has gone. `due_at` is when there is something to do.
    """

    __tablename__ = "delivery_runs"
    __table_args__ = (
        UniqueConstraint("schedule_id", "period"),
        Index("ix_delivery_runs_open", "is_open", "due_at"),
        Index("ix_delivery_runs_tenant_at", "tenant_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(32))
    schedule_id: Mapped[str] = mapped_column(String(32))
    schedule_name: Mapped[str] = mapped_column(String(63))
    notebook: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    requested_by: Mapped[str] = mapped_column(String(254))
    is_open: Mapped[bool] = mapped_column(default=True)
    is_addressed: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]


class DeliveryRow(Base):
    """What one recipient gets of one period, once: the key says so. It proves what was sent, under which policy.

    `bounce` is the status of RFC 3463 with which it came back.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("schedule_id", "period", "recipient"),
        Index("ix_deliveries_run", "run_id", "state"),
        Index("ix_deliveries_recipient", "tenant_id", "recipient", "sent_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("delivery_runs.id", ondelete="CASCADE"))
    tenant_id: Mapped[str] = mapped_column(String(32))
    schedule_id: Mapped[str] = mapped_column(String(32))
    period: Mapped[str] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime]
    group_key: Mapped[str] = mapped_column(String(64), default="")
    policies: Mapped[list[str]] = mapped_column(JSON, default=list)
    policy_sentence: Mapped[str] = mapped_column(Text, default="")
    row_counts: Mapped[dict[str, object]] = mapped_column(default=dict)
    document_version: Mapped[int | None]
    watermark: Mapped[int | None]
    loaded_at: Mapped[dt.datetime | None]
    values_hash: Mapped[str] = mapped_column(String(64), default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    files: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    message_id: Mapped[str] = mapped_column(String(254), default="")
    receipt: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[dt.datetime | None]
    bounce: Mapped[str] = mapped_column(String(16), default="")
    created_at: Mapped[dt.datetime]


class DeliveredFileRow(Base):
    """The very bytes that were delivered, by their SHA-256, encrypted under the tenant's key."""

    __tablename__ = "delivered_files"

    tenant_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[dt.datetime]


class UnsubscribedRow(Base):
    """Somebody who does not want a schedule's deliveries any more, whoever puts them on its list."""

    __tablename__ = "unsubscribed"

    schedule_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[dt.datetime]
