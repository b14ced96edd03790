"""Whether a tenant lets reports go to addresses outside.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("guest_rules") as table:
        table.add_column(sa.Column("has_deliveries", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("guest_rules") as table:
        table.drop_column("has_deliveries")
