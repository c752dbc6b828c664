"""Local accounts, identities at a provider, counters of tries; scopes and life of API keys."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_ALL_SCOPES = "letters:write,letters:status,notices,redactions"


def upgrade() -> None:
    _change_sessions_and_keys()
    _make_accounts()
    _make_counters()


def _change_sessions_and_keys() -> None:
    with op.batch_alter_table("sessions") as batch:
        batch.add_column(
            sa.Column("method", sa.String(length=10), nullable=False, server_default="link")
        )
    with op.batch_alter_table("api_keys") as batch:
        batch.add_column(sa.Column("scopes", sa.Text(), nullable=False, server_default=_ALL_SCOPES))
        batch.add_column(sa.Column("addresses", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("last_used_at", _TIME))
        batch.add_column(sa.Column("replaced_by", sa.String(length=16)))


def _make_accounts() -> None:
    _of_person(
        "credentials",
        sa.Column("person_id", sa.String(length=32), primary_key=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("code_seed", sa.Text(), nullable=False),
        sa.Column("last_code", sa.Integer(), nullable=False),
        sa.Column("set_at", _TIME, nullable=False),
    )
    _of_person(
        "identities",
        sa.Column("issuer", sa.String(length=255), primary_key=True),
        sa.Column("subject", sa.String(length=255), primary_key=True),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("linked_at", _TIME, nullable=False),
    )
    _of_person(
        "known_browsers",
        sa.Column("token_hash", sa.String(length=64), primary_key=True),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
    )


def _make_counters() -> None:
    op.create_table(
        "provider_visits",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_provider_visits")),
    )
    op.create_table(
        "rate_counters",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_rate_counters")),
    )
    op.create_index(op.f("ix_rate_counters_expires_at"), "rate_counters", ["expires_at"])


def downgrade() -> None:
    for table in (
        "rate_counters",
        "provider_visits",
        "known_browsers",
        "identities",
        "credentials",
    ):
        op.drop_table(table)
    with op.batch_alter_table("api_keys") as batch:
        for column in ("replaced_by", "last_used_at", "addresses", "scopes"):
            batch.drop_column(column)
    with op.batch_alter_table("sessions") as batch:
        batch.drop_column("method")


def _of_person(name: str, *columns: "sa.Column[object]") -> None:
    keys = [column.name for column in columns if column.primary_key]
    op.create_table(
        name,
        *(sa.Column(one.name, one.type, nullable=False) for one in columns),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f(f"fk_{name}_person_id_people")
        ),
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")),
    )
