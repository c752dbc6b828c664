"""Whose letters wait for a draft, and the oldest of each."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_INDEX = "ix_letters_client"


def upgrade() -> None:
    op.create_index(_INDEX, "letters", ["state", "client", "received_at", "letter_id"])


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="letters")
