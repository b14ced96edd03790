"""Published versions, the trash and favourites of notebooks. What was there is published.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    states = op.create_table(
        "notebook_states",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trashed_by", sa.String(length=254), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "name"),
    )
    op.create_table(
        "favourites",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "name"),
    )
    documents = sa.table(
        "documents", sa.column("tenant_id"), sa.column("kind"), sa.column("name"), sa.column("version")
    )
    newest = (
        sa.select(documents.c.tenant_id, documents.c.name, sa.func.max(documents.c.version))
        .where(documents.c.kind == "notebook")
        .group_by(documents.c.tenant_id, documents.c.name)
    )
    op.execute(states.insert().from_select(["tenant_id", "name", "published_version"], newest))


def downgrade() -> None:
    op.drop_table("favourites")
    op.drop_table("notebook_states")
