"""The metadata table of sessions that an identity provider began by SAML."""

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.schema import Base


class SamlSessionRow(Base):
    """What the provider calls the person and the session: it is named so when either side signs them out."""

    __tablename__ = "saml_sessions"
    __table_args__ = (Index("ix_saml_sessions_person", "provider_id", "name_id"),)

    token_hash: Mapped[str] = mapped_column(ForeignKey("sessions.token_hash", ondelete="CASCADE"), primary_key=True)
    provider_id: Mapped[str] = mapped_column(ForeignKey("identity_providers.id", ondelete="CASCADE"))
    name_id: Mapped[str] = mapped_column(String(500))
    name_format: Mapped[str] = mapped_column(String(200))
    session_index: Mapped[str] = mapped_column(Text)
