"""The metadata tables (SQLAlchemy models). SQLite by default, PostgreSQL by setting; times are stored in UTC."""

import datetime as dt

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The root of the metadata tables."""

    type_annotation_map = {dt.datetime: DateTime(timezone=True), dict[str, object]: JSON}  # noqa: RUF012


class TenantRow(Base):
    """A customer organisation. `calendar_day` stops the tenant's calendar (demo data); None follows the clock.

    `store_generation` tells which file is the store: a file that takes another's place has the next number, so that
    its key and its place are changed by one transaction.
    """

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    slug: Mapped[str] = mapped_column(String(63), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    accent: Mapped[str] = mapped_column(String(7), default="#0f6b5c")
    fiscal_start_month: Mapped[int] = mapped_column(default=1)
    week_start: Mapped[int] = mapped_column(default=0)
    calendar_day: Mapped[dt.date | None]
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime]
    region: Mapped[str] = mapped_column(String(63), default="", server_default="")
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    limits: Mapped[dict[str, object]] = mapped_column(default=dict, server_default="{}")
    store_generation: Mapped[int] = mapped_column(default=1, server_default="1")


class MemberRow(Base):
    """A person in a tenant, known there by an e-mail address in lower case."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("tenant_id", "email"), Index("ix_members_email", "email"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    attributes: Mapped[dict[str, object]] = mapped_column(default=dict)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]


class MemberRoleRow(Base):
    """A role that a member has; a member has at least one, and the rights of all of them."""

    __tablename__ = "member_roles"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True)


class RoleRow(Base):
    """A role of a tenant's own, beside the built-in ones: a set of permissions."""

    __tablename__ = "roles"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    description: Mapped[str] = mapped_column(String(200))
    permissions: Mapped[list[str]] = mapped_column(JSON)


class SigninLinkRow(Base):
    """A one-time sign-in link; only the token's SHA-256 is kept."""

    __tablename__ = "signin_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class SessionRow(Base):
    """A signed-in browser; only the cookie's SHA-256 is kept. A set `ended_at` ends it at once."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    way: Mapped[str] = mapped_column(String(16), default="", server_default="")
    address: Mapped[str] = mapped_column(String(64), default="", server_default="")
    agent: Mapped[str] = mapped_column(String(200), default="", server_default="")
    provider_id: Mapped[str | None] = mapped_column(String(32))


class SecondFactorRow(Base):
    """A member's second factor (TOTP); its key is a `SecretRow`. It counts once a code of it was entered.

    `last_step` is the time step of the newest code that was used: no code is used twice.
    """

    __tablename__ = "second_factors"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    confirmed_at: Mapped[dt.datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCodeRow(Base):
    """A code that stands in for the second factor once; only its SHA-256 is kept."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[dt.datetime | None]


class SecondStepRow(Base):
    """A sign-in that lacks the code of the second factor; only the SHA-256 of the browser's token is kept."""

    __tablename__ = "second_steps"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    way: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[dt.datetime]
    tries: Mapped[int] = mapped_column(default=0)


class SigninAttemptRow(Base):
    """A failed password sign-in, counted to slow down guessing. The address is as typed, it may not exist."""

    __tablename__ = "signin_attempts"
    __table_args__ = (
        Index("ix_signin_attempts_email_at", "email", "at"),
        Index("ix_signin_attempts_network_at", "network", "at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    network: Mapped[str] = mapped_column(String(64), default="", server_default="")
    at: Mapped[dt.datetime]


class DocumentRow(Base):
    """One version of one YAML document; the newest version of each (kind, name) is in force."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "name", "version"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str] = mapped_column(String(254))


class NotebookStateRow(Base):
    """What of a notebook is not in its text: the version readers see, and whether it lies in the trash."""

    __tablename__ = "notebook_states"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    published_version: Mapped[int | None]
    trashed_at: Mapped[dt.datetime | None]
    trashed_by: Mapped[str] = mapped_column(String(254), default="", server_default="")


class FavouriteRow(Base):
    """A notebook a member has marked."""

    __tablename__ = "favourites"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)


class ImportRow(Base):
    """One import of files: who, when, what was loaded, with what warnings."""

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_tenant_at", "tenant_id", "created_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    watermark: Mapped[int]
    report: Mapped[dict[str, object]]
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str] = mapped_column(String(254))


class AuditRow(Base):
    """Who did what, on what, when, from where: written in the transaction of the change it tells of.

    The lines of a tenant are numbered and chained (tenants/audit/chain.py). The database refuses to change a line, and
    to remove one that no checkpoint covers. No foreign key: a log is not removed with what it tells of.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        UniqueConstraint("tenant_id", "sequence"),
        Index("ix_audit_events_tenant_at", "tenant_id", "at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(32))
    sequence: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[dt.datetime]
    actor: Mapped[str] = mapped_column(String(254))
    actor_id: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(400))
    data: Mapped[dict[str, object]] = mapped_column(default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Base):
    """The newest line of a tenant's log, signed: what is missing behind the last line is found by it."""

    __tablename__ = "audit_heads"

    tenant_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))


class AuditCheckpointRow(Base):
    """Up to this line a log was verified and signed; those lines may be removed when their time is over."""

    __tablename__ = "audit_checkpoints"

    tenant_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]
    seal: Mapped[str] = mapped_column(String(64))


class UsageRow(Base):
    """How much of one thing a tenant used in one month; counted with the audit event that tells of it."""

    __tablename__ = "usage_months"

    tenant_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    item: Mapped[str] = mapped_column(String(32), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class InstallationKeyRow(Base):
    """A key of the installation itself, wrapped by the master key, such as the one that signs audit logs.

    The row `check` holds no key: it tells which master key the others are wrapped with.
    """

    __tablename__ = "installation_keys"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)


class SecretRow(Base):
    """A secret of a tenant (a connector's token, an identity provider's key), encrypted under the tenant's key."""

    __tablename__ = "secrets"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class DomainRow(Base):
    """An e-mail domain a tenant claims; it counts once a TXT record has proved it, and for one tenant only."""

    __tablename__ = "domains"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    challenge: Mapped[str] = mapped_column(String(64))
    verified: Mapped[str | None] = mapped_column(String(253), unique=True)
    verified_at: Mapped[dt.datetime | None]


class ProviderRow(Base):
    """An identity provider of a tenant; its client secret is a `SecretRow`."""

    __tablename__ = "identity_providers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(200))
    configuration: Mapped[dict[str, object]] = mapped_column(default=dict)
    created_at: Mapped[dt.datetime]


class IdentityRow(Base):
    """Whom an identity provider's subject is: from the first sign-in on, the subject decides, not the address."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("provider_id", "member_id"),)

    provider_id: Mapped[str] = mapped_column(ForeignKey("identity_providers.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)


class SsoFlowRow(Base):
    """A sign-in that has gone to an identity provider and is to come back once, in the same browser."""

    __tablename__ = "sso_flows"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    provider_id: Mapped[str] = mapped_column(ForeignKey("identity_providers.id", ondelete="CASCADE"))
    nonce: Mapped[str] = mapped_column(String(128))
    verifier: Mapped[str] = mapped_column(String(128))
    target: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text, default="", server_default="")
    expires_at: Mapped[dt.datetime]


class SamlAssertionRow(Base):
    """A SAML message that was used; kept until nobody would accept it any more."""

    __tablename__ = "saml_assertions"

    assertion_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[dt.datetime]


class SigninPolicyRow(Base):
    """How members of a tenant may sign in. No row: every way there is."""

    __tablename__ = "signin_policies"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    is_sso_only: Mapped[bool] = mapped_column(default=False)
    is_factor_demanded: Mapped[bool] = mapped_column(default=False, server_default=false())
