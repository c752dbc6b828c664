"""Which worker has a letter in hand, and switches of the whole service: the pause of dispatch."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.create_table(
        "workers",
        sa.Column("worker_id", sa.String(length=32), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_workers")),
    )
    op.add_column("letters", sa.Column("worker_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_letters_worker_id"), "letters", ["worker_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_letters_worker_id"), table_name="letters")
    op.drop_column("letters", "worker_id")
    op.drop_table("workers")
    op.drop_table("switches")
