"""What a SAML provider calls a session, for single logout.

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saml_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.String(length=32), nullable=False),
        sa.Column("name_id", sa.String(length=500), nullable=False),
        sa.Column("name_format", sa.String(length=200), nullable=False),
        sa.Column("session_index", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["token_hash"], ["sessions.token_hash"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["provider_id"], ["identity_providers.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_saml_sessions_person", "saml_sessions", ["provider_id", "name_id"], unique=False)
    with op.batch_alter_table("sso_flows") as table:
        table.add_column(sa.Column("person", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("sso_flows") as table:
        table.drop_column("person")
    op.drop_table("saml_sessions")
