"""What checks of tables found.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "check_results",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("table_name", sa.String(length=200), nullable=False),
        sa.Column("check_label", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("fails_from", _TIME, nullable=True),
        sa.Column("is_newest", sa.Boolean(), nullable=False),
        sa.Column("measured_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_check_results_newest", "check_results", ["tenant_id", "is_newest"])
    op.create_index("ix_check_results_table", "check_results", ["tenant_id", "table_name", "measured_at"])


def downgrade() -> None:
    op.drop_table("check_results")
