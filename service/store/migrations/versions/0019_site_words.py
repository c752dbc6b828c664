"""The words of the site, as changes that two people make."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "site_word_changes",
        sa.Column("change_id", sa.String(length=32), nullable=False),
        sa.Column("adds", sa.Boolean(), nullable=False),
        sa.Column("use", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proposed_at", _TIME, nullable=False),
        sa.Column("proposed_by", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("confirmed_at", _TIME),
        sa.Column("confirmed_by", sa.String(length=32)),
        sa.Column("withdrawn_at", _TIME),
        sa.Column("withdrawn_by", sa.String(length=32)),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_site_word_changes")),
        sa.UniqueConstraint("version", name=op.f("uq_site_word_changes_version")),
    )


def downgrade() -> None:
    op.drop_table("site_word_changes")
