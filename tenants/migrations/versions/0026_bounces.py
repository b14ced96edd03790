"""Why a delivered message came back, and quiet hours of alerts.

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as table:
        table.add_column(sa.Column("bounce", sa.String(length=16), nullable=False, server_default=""))
    with op.batch_alter_table("alerts") as table:
        table.add_column(sa.Column("quiet", sa.String(length=11), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("alerts") as table:
        table.drop_column("quiet")
    with op.batch_alter_table("deliveries") as table:
        table.drop_column("bounce")
