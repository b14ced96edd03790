"""The metadata tables of a tenant's sources and their runs."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class SourceRow(Base):
    """A configured source of a tenant. Its secrets are `SecretRow`s; `configuration` has the rest.

    `is_operators` tells that the person who runs the process made it: it may read every file and reach every host.
    """

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(63))
    kind: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(400))
    configuration: Mapped[dict[str, object]] = mapped_column(default=dict)
    streams: Mapped[dict[str, object]] = mapped_column(default=dict)
    identity: Mapped[str] = mapped_column(String(400))
    is_operators: Mapped[bool] = mapped_column(default=False)
    schedule: Mapped[str] = mapped_column(String(100), default="")
    next_run_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str] = mapped_column(String(254))


class SyncRunRow(Base):
    """One run of a source: what went in, what came of it, and what was said meanwhile."""

    __tablename__ = "sync_runs"
    __table_args__ = (Index("ix_sync_runs_source_at", "source_id", "started_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    started_by: Mapped[str] = mapped_column(String(254))
    rows_in: Mapped[int] = mapped_column(BigInteger, default=0)
    added: Mapped[int] = mapped_column(BigInteger, default=0)
    updated: Mapped[int] = mapped_column(BigInteger, default=0)
    deleted: Mapped[int] = mapped_column(BigInteger, default=0)
    quarantined: Mapped[int] = mapped_column(BigInteger, default=0)
    code: Mapped[str] = mapped_column(String(64), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    log: Mapped[dict[str, object]] = mapped_column(default=dict)
