"""What the queue, the dispatches of a letter and the outbox of the webhooks are searched by."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_QUEUE = "ix_letters_queue"


def upgrade() -> None:
    op.drop_index(_QUEUE, table_name="letters")
    op.create_index(
        _QUEUE,
        "letters",
        [
            "state",
            sa.text("urgent DESC"),
            *("received_at", "letter_id", "for_senior", "claimed_by", "direction"),
            *("writer_country", "reader_country", "language"),
        ],
    )
    op.create_index(op.f("ix_dispatches_letter_id"), "dispatches", ["letter_id"])
    op.create_index(
        "ix_webhook_deliveries_open", "webhook_deliveries", ["done_at", "dead_at", "next_try_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_webhook_deliveries_open", table_name="webhook_deliveries")
    op.drop_index(op.f("ix_dispatches_letter_id"), table_name="dispatches")
    op.drop_index(_QUEUE, table_name="letters")
    op.create_index(_QUEUE, "letters", ["state", "urgent", "received_at"])
