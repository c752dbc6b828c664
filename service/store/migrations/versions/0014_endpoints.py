"""The directory of endpoints; approvals name theirs; letters that came back."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "endpoints",
        sa.Column("endpoint_id", sa.String(length=32), nullable=False),
        sa.Column("recipient_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("pinned", sa.Text(), nullable=False),
        sa.Column("proposed_at", _TIME, nullable=False),
        sa.Column("proposed_by", sa.String(length=32), nullable=False),
        sa.Column("confirmed_at", _TIME, nullable=True),
        sa.Column("confirmed_by", sa.String(length=32), nullable=True),
        sa.Column("holds_from", _TIME, nullable=True),
        sa.Column("withdrawn_at", _TIME, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_endpoints")),
        sa.UniqueConstraint("recipient_id", "version", name=op.f("uq_endpoints_recipient_id")),
    )
    version = sa.Column("endpoint_version", sa.Integer(), nullable=False, server_default="0")
    digest = sa.Column("endpoint_digest", sa.String(64), nullable=False, server_default="")
    op.add_column("approvals", version)
    op.add_column("approvals", digest)
    op.add_column("dispatches", sa.Column("bounced_at", _TIME, nullable=True))


def downgrade() -> None:
    op.drop_column("dispatches", "bounced_at")
    op.drop_column("approvals", "endpoint_digest")
    op.drop_column("approvals", "endpoint_version")
    op.drop_table("endpoints")
