"""Cases that nothing may be erased of, and two more holes in the audit trail closed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# INSERT OR REPLACE takes the row out that is in its way, and asks no DELETE trigger
_SQLITE_NO_REPLACE = """
CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""
_SQLITE_HEAD_STAYS = """
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""
_POSTGRESQL_HEAD_STAYS = """
CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()
"""


def upgrade() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_legal_holds")),
    )
    op.add_column("letters", sa.Column("erased", sa.String(length=40)))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL_HEAD_STAYS)
        return
    op.execute(_SQLITE_NO_REPLACE)
    op.execute(_SQLITE_HEAD_STAYS)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_head_stays ON audit_head")
    else:
        op.execute("DROP TRIGGER audit_head_no_delete")
        op.execute("DROP TRIGGER audit_events_no_replace")
    op.drop_column("letters", "erased")
    op.drop_table("legal_holds")
