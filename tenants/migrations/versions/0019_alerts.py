"""Alerts and what they found.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alerts",
        *_texts(id=32, tenant_id=32, name=63, owner=254, metric=200, notebook=200, cell=200, period=32, dimension=200),
        *_texts(rule=100, cron=100, digest=100),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("filter", "problem")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("recipients", "channel", "escalate_to")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("is_after_sync", "is_active")),
        *(sa.Column(name, _TIME, nullable=True) for name in ("digest_at", "due_at", "snoozed_until", "checked_at")),
        sa.Column("escalate_after_h", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant_id", "name"),
    )
    op.create_index("ix_alerts_due_at", "alerts", ["is_active", "due_at"])
    op.create_table(
        "alert_firings",
        *_texts(id=32, alert_id=32, tenant_id=32, notice=64, escalation=64, acknowledged_by=254),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("member", "said")),
        sa.Column("began_at", _TIME, nullable=False),
        *(sa.Column(name, _TIME, nullable=True) for name in ("ended_at", "acknowledged_at")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_alert_firings_alert", "alert_firings", ["alert_id", "ended_at"])


def downgrade() -> None:
    op.drop_table("alert_firings")
    op.drop_table("alerts")


def _texts(**lengths: int) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(length=length), nullable=False) for name, length in lengths.items()]
