"""Several roles for a member, and roles of a tenant's own.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member_roles",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "role"),
    )
    op.create_table(
        "roles",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "name"),
    )
    op.execute("INSERT INTO member_roles (member_id, role) SELECT id, role FROM members")
    # Not in batch mode, which would make the table anew and with its rows lose what hangs on them.
    op.drop_column("members", "role")


def downgrade() -> None:
    op.add_column("members", sa.Column("role", sa.String(length=32), server_default="executive", nullable=False))
    op.execute(
        "UPDATE members SET role = COALESCE("
        "(SELECT MIN(role) FROM member_roles WHERE member_roles.member_id = members.id), 'executive')"
    )
    op.drop_table("roles")
    op.drop_table("member_roles")
