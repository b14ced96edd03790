"""The metadata table of what members typed into forms and have not saved."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class NotebookDraftRow(Base):
    """What a member typed into the form of a cell. `place` is the cell, or where a new one would stand."""

    __tablename__ = "notebook_drafts"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    notebook: Mapped[str] = mapped_column(String(200), primary_key=True)
    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    typed: Mapped[dict[str, object]]
    saved_at: Mapped[dt.datetime]
