"""The metadata table of what checks of tables found."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class CheckResultRow(Base):
    """One measurement of one check. `is_newest` marks the last one of each check that is in force."""

    __tablename__ = "check_results"
    __table_args__ = (
        Index("ix_check_results_newest", "tenant_id", "is_newest"),
        Index("ix_check_results_table", "tenant_id", "table_name", "measured_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(200))
    check: Mapped[str] = mapped_column("check_label", String(500))
    state: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(Text)
    value: Mapped[int | None] = mapped_column(BigInteger)
    fails_from: Mapped[dt.datetime | None]
    is_newest: Mapped[bool] = mapped_column(default=True)
    measured_at: Mapped[dt.datetime]
