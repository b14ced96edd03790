"""A level between seeing and changing, to comment, and the mark of a chart that a comment is about.

Whoever might see could comment before: those grants become grants to comment, so that nobody loses what they had.

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE grants SET level = level + 1")
    with op.batch_alter_table("comments") as table:
        table.add_column(sa.Column("mark", sa.String(length=200), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("comments") as table:
        table.drop_column("mark")
    # To see alone was less than there is now; the least that was is to see and comment.
    op.execute("UPDATE grants SET level = level - 1 WHERE level > 1")
