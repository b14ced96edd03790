"""The metadata tables of folders, of what lies in which, and of who may see them, notebooks, models and sources."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

import tenants.team_schema  # noqa: F401 - a grant names a team
from tenants.schema import Base


class FolderRow(Base):
    """A folder, of folders too; one at the top is a workspace. A restricted one inherits no grant."""

    __tablename__ = "folders"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("folders.id"), index=True)
    is_restricted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str] = mapped_column(String(254))


class NotebookPlaceRow(Base):
    """Where a notebook lies, and whether it is restricted. No row: at the top, and not restricted."""

    __tablename__ = "notebook_places"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    folder_id: Mapped[str | None] = mapped_column(ForeignKey("folders.id"), index=True)
    is_restricted: Mapped[bool] = mapped_column(default=False)


class GrantRow(Base):
    """What a member, a team, or everyone (neither is set) may do with one thing, by its level.

    The thing is a folder, or a notebook, model or source by its name: one of the four is set.
    """

    __tablename__ = "grants"
    __table_args__ = (Index("ix_grants_tenant_notebook", "tenant_id", "notebook"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    folder_id: Mapped[str | None] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), index=True)
    notebook: Mapped[str | None] = mapped_column(String(200))
    model: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str | None] = mapped_column(String(63))
    member_id: Mapped[str | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    level: Mapped[int]


class DataPlaceRow(Base):
    """Where a model or a source lies, and whether it is restricted. No row: at the top, and not restricted.

    It outlives the thing, as names come back.
    """

    __tablename__ = "data_places"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    folder_id: Mapped[str | None] = mapped_column(ForeignKey("folders.id"), index=True)
    is_restricted: Mapped[bool] = mapped_column(default=False)
