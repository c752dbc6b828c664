"""The name that a client gave a request is kept as a keyed code: it may be a donor number."""

import sqlalchemy as sa
from alembic import op

from service.store.database import keys_of
from service.vault.keyring import Purpose

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ALL = sa.text("SELECT client, idempotency_key FROM answered_requests")
_CODE = sa.text(
    "UPDATE answered_requests SET idempotency_key = :code "
    "WHERE client = :client AND idempotency_key = :name"
)


def upgrade() -> None:
    bind = op.get_bind()
    for client, name in bind.execute(_ALL).all():
        code = keys_of(bind).code(
            Purpose.TEXTS, "answered_requests.idempotency_key", f"{client}\n{name}"
        )
        bind.execute(_CODE, {"code": code, "client": client, "name": name})


def downgrade() -> None:
    """Codes stay: such a request, sent again, counts as a new one and its letter as a duplicate."""
