"""An approval names its recipient, which is the clinic or the donor centre."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE approvals RENAME COLUMN clinic_id TO recipient_id")


def downgrade() -> None:
    op.execute("ALTER TABLE approvals RENAME COLUMN recipient_id TO clinic_id")
