"""Grants on models and sources, and which of them are restricted.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restrictions",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "name"),
    )
    with op.batch_alter_table("grants") as table:
        table.add_column(sa.Column("model", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("source", sa.String(length=63), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("grants") as table:
        table.drop_column("source")
        table.drop_column("model")
    op.drop_table("restrictions")
