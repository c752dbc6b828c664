"""Releases from the rules of the exchange, the rules an approval was made by, earlier texts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # defaults stand in the database, so that rows of earlier versions have them at once
    op.add_column(
        "letters", sa.Column("exchange_released", sa.Text(), nullable=False, server_default="[]")
    )
    op.add_column(
        "approvals",
        sa.Column("rules_digest", sa.String(length=64), nullable=False, server_default=""),
    )
    op.create_table(
        "earlier_texts",
        sa.Column("letter_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.letter_id"], name=op.f("fk_earlier_texts_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("letter_id", "number", name=op.f("pk_earlier_texts")),
    )


def downgrade() -> None:
    op.drop_table("earlier_texts")
    op.drop_column("approvals", "rules_digest")
    op.drop_column("letters", "exchange_released")
