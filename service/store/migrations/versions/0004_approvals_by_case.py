"""What was approved earlier in a case is looked up whenever a letter of it is opened."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_approvals_case_id"), "approvals", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_approvals_case_id"), table_name="approvals")
