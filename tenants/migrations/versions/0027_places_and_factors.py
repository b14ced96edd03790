"""Models and sources may lie in folders, and a tenant may demand a second factor of who signs in by password.

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("restrictions", "data_places")
    with op.batch_alter_table("data_places") as table:
        table.add_column(sa.Column("folder_id", sa.String(length=32), nullable=True))
        # Who had a row was restricted: that was all it said.
        table.add_column(sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.create_foreign_key("data_places_folder_id_fkey", "folders", ["folder_id"], ["id"])
        table.create_index("ix_data_places_folder_id", ["folder_id"])
    with op.batch_alter_table("data_places") as table:
        table.alter_column("is_restricted", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("signin_policies") as table:
        table.add_column(sa.Column("is_factor_demanded", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("signin_policies") as table:
        table.drop_column("is_factor_demanded")
    # Whatever lay in a folder is for those it is granted to itself, rather than for everybody.
    op.execute(sa.text("DELETE FROM data_places WHERE folder_id IS NULL AND NOT is_restricted"))
    with op.batch_alter_table("data_places") as table:
        table.drop_index("ix_data_places_folder_id")
        table.drop_constraint("data_places_folder_id_fkey", type_="foreignkey")
        table.drop_column("is_restricted")
        table.drop_column("folder_id")
    op.rename_table("data_places", "restrictions")
