"""Proof of who one is within a session, checks of addresses, daily work, copies for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("sessions") as batch:
        batch.add_column(sa.Column("proved_at", _TIME))
    with op.batch_alter_table("endpoints") as batch:
        batch.add_column(sa.Column("ask_tries", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("ask_next_at", _TIME))
        batch.add_column(sa.Column("asked_at", _TIME))
        batch.add_column(sa.Column("ask_failure", sa.String(length=300)))
        batch.add_column(sa.Column("answered_at", _TIME))
        batch.add_column(sa.Column("answered_by", sa.String(length=32)))
    # letters went to these addresses already
    op.execute("UPDATE endpoints SET answered_at = confirmed_at, answered_by = confirmed_by")
    op.create_table(
        "chores",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("worker_id", sa.String(length=32)),
        sa.Column("begun_at", _TIME),
        sa.Column("done_at", _TIME),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chores")),
    )
    op.create_table(
        "subject_copies",
        sa.Column("copy_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", _TIME, nullable=False),
        sa.Column("proposed_by", sa.String(length=32), nullable=False),
        sa.Column("confirmed_at", _TIME),
        sa.Column("confirmed_by", sa.String(length=32)),
        sa.Column("withdrawn_at", _TIME),
        sa.Column("withdrawn_by", sa.String(length=32)),
        sa.PrimaryKeyConstraint("copy_id", name=op.f("pk_subject_copies")),
    )
    op.create_index(op.f("ix_subject_copies_case_id"), "subject_copies", ["case_id"])


def downgrade() -> None:
    op.drop_table("subject_copies")
    op.drop_table("chores")
    with op.batch_alter_table("endpoints") as batch:
        for column in (
            *("answered_by", "answered_at", "ask_failure", "asked_at", "ask_next_at", "ask_tries"),
        ):
            batch.drop_column(column)
    with op.batch_alter_table("sessions") as batch:
        batch.drop_column("proved_at")
