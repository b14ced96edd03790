"""The metadata tables of what a tenant's directory says of its members and groups (SCIM)."""

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class ScimTokenRow(Base):
    """The token by which a tenant's directory speaks for it (SCIM); only its SHA-256 is kept."""

    __tablename__ = "scim_tokens"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime]


class DirectoryEntryRow(Base):
    """What a tenant's directory calls a member, and whether it has deleted the member, who is kept deactivated."""

    __tablename__ = "directory_entries"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    external_id: Mapped[str | None] = mapped_column(String(255))
    is_deleted: Mapped[bool] = mapped_column(default=False)


class DirectoryGroupRow(Base):
    """A group of a tenant's directory."""

    __tablename__ = "directory_groups"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    external_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[dt.datetime]


class DirectoryGroupMemberRow(Base):
    """Who is in a group of the directory."""

    __tablename__ = "directory_group_members"

    group_id: Mapped[str] = mapped_column(ForeignKey("directory_groups.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True)
