"""The metadata tables of what members say about the cells of notebooks, and of whom they mention."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class CommentRow(Base):
    """What somebody said about a cell, or about the mark of its chart that `mark` names; empty is the whole cell.

    It stays when its author goes; `resolved_at` is None while it is open.
    """

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_tenant_notebook", "tenant_id", "notebook"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    notebook: Mapped[str] = mapped_column(String(200))
    cell: Mapped[str] = mapped_column(String(80))
    mark: Mapped[str] = mapped_column(String(200), default="")
    author: Mapped[str] = mapped_column(String(254))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    resolved_at: Mapped[dt.datetime | None]
    resolved_by: Mapped[str] = mapped_column(String(254), default="")


class MentionRow(Base):
    """A member whom a comment mentions; `seen_at` is None until they have opened it."""

    __tablename__ = "mentions"

    comment_id: Mapped[str] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True)
    seen_at: Mapped[dt.datetime | None]
