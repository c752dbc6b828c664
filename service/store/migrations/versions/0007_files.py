"""What was read from the files of letters, and the pages of scans."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("letter_id", sa.String(length=32), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.letter_id"], name=op.f("fk_readings_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_readings")),
    )
    op.create_table(
        "page_images",
        sa.Column("letter_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.letter_id"], name=op.f("fk_page_images_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("letter_id", "number", name=op.f("pk_page_images")),
    )


def downgrade() -> None:
    op.drop_table("page_images")
    op.drop_table("readings")
