"""Chained audit logs, usage, secrets, and where and under which limits a store is kept.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from tenants.audit.chain import GENESIS, INSTALLATION, line_hash, time_text
from tenants.migrations.append_only import make_append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tenants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("region", sa.String(length=63), server_default="", nullable=False))
        batch_op.add_column(sa.Column("logo", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("limits", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("store_generation", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "installation_keys",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "secrets",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "name"),
    )
    op.create_table(
        "usage_months",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "month", "item"),
    )
    _create_audit()


def _create_audit() -> None:
    earlier = _earlier_events()
    op.drop_table("audit_events")
    events = op.create_table(
        "audit_events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("actor_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant_id", "sequence"),
    )
    op.create_index("ix_audit_events_tenant_at", "audit_events", ["tenant_id", "at"], unique=False)
    heads = op.create_table(
        "audit_heads",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id"),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "sequence"),
    )
    if earlier:
        op.bulk_insert(events, earlier)
        newest = {line["tenant_id"]: line for line in earlier}
        # The signatures are set by the first start after this migration, which has the key.
        op.bulk_insert(
            heads,
            [
                {"tenant_id": tenant_id, "sequence": line["sequence"], "hash": line["hash"], "seal": ""}
                for tenant_id, line in newest.items()
            ],
        )
    make_append_only(op.get_bind())


def _earlier_events() -> list[dict[str, object]]:
    """The events there are, numbered and chained in the order of their time."""
    table = sa.table(
        "audit_events",
        *(sa.column(name, sa.String()) for name in ("id", "tenant_id", "actor", "action", "subject")),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("data", sa.JSON()),
    )
    rows = op.get_bind().execute(sa.select(table).order_by(table.c.at, table.c.id))
    chained: list[dict[str, object]] = []
    heads: dict[str, tuple[int, str]] = {}
    for row in rows.mappings():
        tenant_id = row["tenant_id"] or INSTALLATION
        sequence, previous = heads.get(tenant_id, (0, GENESIS))
        line = {**row, "tenant_id": tenant_id, "sequence": sequence + 1, "previous_hash": previous}
        line |= {"actor_id": "", "address": "", "request_id": ""}
        line["hash"] = line_hash({**line, "at": time_text(row["at"])})
        heads[tenant_id] = (sequence + 1, line["hash"])
        chained.append(line)
    return chained


def downgrade() -> None:
    raise NotImplementedError("An audit log is not taken apart: restore the metadata from before the upgrade instead.")
