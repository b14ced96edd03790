"""Single sign-on: proved domains, identity providers, and sign-ins under way.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "domains",
        _tenant(),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("challenge", sa.String(length=64), nullable=False),
        sa.Column("verified", sa.String(length=253), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "domain"),
        sa.UniqueConstraint("verified"),
    )
    op.create_table(
        "identity_providers",
        sa.Column("id", sa.String(length=32), nullable=False),
        _tenant(),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("configuration", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_identity_providers_tenant_id", "identity_providers", ["tenant_id"], unique=False)
    op.create_table(
        "identities",
        _provider(),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("provider_id", "subject"),
        sa.UniqueConstraint("provider_id", "member_id"),
    )
    op.create_index("ix_identities_member_id", "identities", ["member_id"], unique=False)
    op.create_table(
        "sso_flows",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        _provider(),
        sa.Column("nonce", sa.String(length=128), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
    )
    op.create_table(
        "signin_policies",
        _tenant(),
        sa.Column("is_sso_only", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id"),
    )


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.String(length=32), sa.ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False)


def _provider() -> sa.Column[str]:
    reference = sa.ForeignKey("identity_providers.id", ondelete="CASCADE")
    return sa.Column("provider_id", sa.String(length=32), reference, nullable=False)


def downgrade() -> None:
    for table in ("signin_policies", "sso_flows", "identities", "identity_providers", "domains"):
        op.drop_table(table)
