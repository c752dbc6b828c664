"""What the audit trail is filtered by: who did something, what was done, and the days."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_INDICES = {
    "ix_audit_events_actor": ["actor", "seq", "at"],
    "ix_audit_events_action": ["action", "seq", "at", "actor"],
    "ix_audit_events_at": ["at"],
}


def upgrade() -> None:
    for name, columns in _INDICES.items():
        op.create_index(name, "audit_events", columns)


def downgrade() -> None:
    for name in reversed(_INDICES):
        op.drop_index(name, table_name="audit_events")
