"""Pictures that go with a letter, the format of an approval, and scans that wait to be typed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outgoing_pictures",
        sa.Column("letter_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(length=10), nullable=False),
        sa.Column("boxes", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("approved_by", sa.String(length=32)),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["letters.letter_id"],
            name=op.f("fk_outgoing_pictures_letter_id_letters"),
        ),
        sa.PrimaryKeyConstraint("letter_id", "number", name=op.f("pk_outgoing_pictures")),
    )
    op.add_column(
        "approvals", sa.Column("pictures", sa.Text(), nullable=False, server_default="[]")
    )
    op.add_column("approvals", sa.Column("form", sa.String(length=10)))
    op.execute(
        "UPDATE letters SET state = 'held_transcription' WHERE state = 'held_fault' "
        "AND text IS NULL AND holds LIKE '%\"needs_transcription\"%'"
    )


def downgrade() -> None:
    op.execute("UPDATE letters SET state = 'held_fault' WHERE state = 'held_transcription'")
    op.drop_column("approvals", "form")
    op.drop_column("approvals", "pictures")
    op.drop_table("outgoing_pictures")
