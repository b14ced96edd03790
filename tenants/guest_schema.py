"""The metadata tables of guests: what a tenant lets people without an account see, and the public links it gave out."""

import datetime as dt

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class GuestRuleRow(Base):
    """Whether a tenant has public links, embedding and deliveries outside, its guests' role, and who may embed."""

    __tablename__ = "guest_rules"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(63))
    has_links: Mapped[bool]
    has_embedding: Mapped[bool]
    has_deliveries: Mapped[bool] = mapped_column(default=False)
    origins: Mapped[list[str]] = mapped_column(JSON)


class PublicLinkRow(Base):
    """A public link to one dashboard, found by the hash of its token; no row: it was taken back."""

    __tablename__ = "public_links"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    notebook: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[dt.datetime]
