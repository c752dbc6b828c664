"""Whether a case has its days stands beside them, unsealed; and who looked whom it is about."""

import base64
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from service.store.database import keys_of
from service.vault.keyring import Purpose, WrappedKey
from service.vault.sealing import DataKey, Place, Sealed
from service.workflow.errors import SealBroken

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

#: Flag, and the sealed column that it speaks of.
_FLAGS = (("no_donation_day", "donation_dates"), ("no_transplant_day", "transplant_dates"))

_CASES = sa.text(
    "SELECT cases.case_id, donation_dates, transplant_dates, "
    "owner, generation, purpose, master_id, wrapped "
    "FROM cases JOIN data_keys ON data_keys.owner = 'case/' || cases.case_id "
    "WHERE wrapped IS NOT NULL"
)
_SET = sa.text(
    "UPDATE cases SET no_donation_day = :no_donation_day, no_transplant_day = :no_transplant_day "
    "WHERE case_id = :case_id"
)


def upgrade() -> None:
    for flag, _ in _FLAGS:
        op.add_column(
            "cases",
            sa.Column(flag, sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    op.create_table(
        "identity_views",
        sa.Column("view_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_identity_views")),
    )
    op.create_index(op.f("ix_identity_views_case_id"), "identity_views", ["case_id"])
    _look_for_days(op.get_bind())


def _look_for_days(bind: sa.Connection) -> None:
    found = [_flags(bind, row) for row in bind.execute(_CASES).all()]
    if found:
        bind.execute(_SET, found)


def _flags(bind: sa.Connection, row: sa.Row[Any]) -> dict[str, object]:
    told = {"donation_dates": row.donation_dates, "transplant_dates": row.transplant_dates}
    key = keys_of(bind).unwrap(
        WrappedKey(
            owner=row.owner,
            generation=row.generation,
            purpose=Purpose(row.purpose),
            master_id=row.master_id,
            wrapped=Sealed(bytes(row.wrapped)),
        )
    )
    flags = {flag: _is_empty(key, row.case_id, column, told[column]) for flag, column in _FLAGS}
    return {"case_id": row.case_id, **flags}


def _is_empty(key: DataKey, case_id: str, column: str, sealed: str) -> bool:
    place = Place(table="cases", column=column, record=case_id)
    try:
        return not json.loads(key.open(place, Sealed(base64.b64decode(sealed))) or b"[]")
    except SealBroken:
        # a damaged case says so where it is opened; it must not keep the service from starting
        return False


def downgrade() -> None:
    op.drop_index(op.f("ix_identity_views_case_id"), table_name="identity_views")
    op.drop_table("identity_views")
    for flag, _ in _FLAGS:
        op.drop_column("cases", flag)
