"""Whether a tenant lets reports go to addresses outside; quiet hours and holidays of schedules.

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("guest_rules") as table:
        table.add_column(sa.Column("has_deliveries", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("schedules") as table:
        table.add_column(sa.Column("quiet", sa.String(length=11), nullable=False, server_default=""))
        table.add_column(sa.Column("holidays", sa.String(length=12), nullable=False, server_default=""))
        table.add_column(sa.Column("on_holiday", sa.String(length=8), nullable=False, server_default="skip"))


def downgrade() -> None:
    with op.batch_alter_table("schedules") as table:
        for name in ("quiet", "holidays", "on_holiday"):
            table.drop_column(name)
    with op.batch_alter_table("guest_rules") as table:
        table.drop_column("has_deliveries")
