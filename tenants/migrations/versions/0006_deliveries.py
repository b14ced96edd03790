"""Schedules, deliveries to each recipient, and the files that were delivered.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "schedules",
        *_texts(id=32, name=63, notebook=200, cron=100, zone=64, condition=200, on_problem=8, catch_up=8),
        *_json("formats", "recipients", "channel"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        *_texts(created_by=254),
        *_texts(tenant_id=32),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant_id", "name"),
    )
    op.create_index("ix_schedules_next_at", "schedules", ["is_active", "next_at"])
    op.create_table(
        "delivery_runs",
        *_texts(id=32, schedule_id=32, schedule_name=63, notebook=200, period=64, kind=16, requested_by=254),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_addressed", sa.Boolean(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME, nullable=True),
        *_texts(tenant_id=32),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("schedule_id", "period"),
    )
    op.create_index("ix_delivery_runs_open", "delivery_runs", ["is_open", "due_at"])
    op.create_index("ix_delivery_runs_tenant_at", "delivery_runs", ["tenant_id", "created_at"])
    op.create_table(
        "deliveries",
        *_texts(id=32, run_id=32, schedule_id=32, period=64, recipient=254, state=16, group_key=64),
        *_texts(values_hash=64, message_id=254),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject", "reason", "policy_sentence", "receipt")),
        *_json("policies", "row_counts", "files"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("document_version", sa.Integer(), nullable=True),
        sa.Column("watermark", sa.Integer(), nullable=True),
        sa.Column("loaded_at", _TIME, nullable=True),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        *_texts(tenant_id=32),
        sa.ForeignKeyConstraint(["run_id"], ["delivery_runs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("schedule_id", "period", "recipient"),
    )
    op.create_index("ix_deliveries_run", "deliveries", ["run_id", "state"])
    op.create_index("ix_deliveries_recipient", "deliveries", ["tenant_id", "recipient", "sent_at"])
    op.create_table(
        "delivered_files",
        *_texts(sha256=64),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        *_texts(tenant_id=32),
        sa.PrimaryKeyConstraint("tenant_id", "sha256"),
    )
    op.create_table(
        "unsubscribed",
        *_texts(schedule_id=32, recipient=254),
        sa.Column("at", _TIME, nullable=False),
        *_texts(tenant_id=32),
        sa.PrimaryKeyConstraint("schedule_id", "recipient"),
    )


def downgrade() -> None:
    for table in ("unsubscribed", "delivered_files", "deliveries", "delivery_runs", "schedules"):
        op.drop_table(table)


def _texts(**lengths: int) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(length=length), nullable=False) for name, length in lengths.items()]


def _json(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]
