"""The metadata table of sessions in which an administrator looks as another member does."""

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class ViewingRow(Base):
    """As whom a session looks, and until when; it ends with the session, and with the member."""

    __tablename__ = "viewings"

    token_hash: Mapped[str] = mapped_column(ForeignKey("sessions.token_hash", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    until: Mapped[dt.datetime]
