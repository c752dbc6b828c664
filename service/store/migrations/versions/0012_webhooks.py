"""Status words on their way to registry clients."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=100), nullable=False),
        sa.Column("letter_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", _TIME, nullable=False),
        sa.Column("lease_until", _TIME),
        sa.Column("done_at", _TIME),
        sa.Column("dead_at", _TIME),
        sa.Column("failure", sa.String(length=40)),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(op.f("ix_webhook_deliveries_letter_id"), "webhook_deliveries", ["letter_id"])
    op.create_index(
        op.f("ix_webhook_deliveries_client"),
        "webhook_deliveries",
        ["client", "done_at", "dead_at", "next_try_at"],
    )


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
