"""A case has its patient's number, both registries, dates, consents, pathway, and a version."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in _columns():
        op.add_column("cases", column)
    op.create_index(
        op.f("ix_cases_patient_reference"), "cases", ["patient_reference"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_cases_patient_reference"), table_name="cases")
    for column in reversed(_columns()):
        op.drop_column("cases", column.name)


def _columns() -> "list[sa.Column[Any]]":
    # defaults stand in the database, so that cases of earlier versions have them at once
    return [
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("patient_reference", sa.String(length=64), nullable=True),
        sa.Column("donor_registry", sa.String(length=64), nullable=True),
        sa.Column("patient_registry", sa.String(length=64), nullable=True),
        sa.Column("donor_language", sa.String(length=2), nullable=True),
        sa.Column("patient_language", sa.String(length=2), nullable=True),
        sa.Column("cord_blood", sa.Boolean(), nullable=False, server_default=sa.false()),
        *(_text(name, "[]") for name in ("donation_dates", "transplant_dates", "infusion_dates")),
        *(_text(name, "{}") for name in ("donor_consents", "patient_consents")),
        _word("donor_deliverable"),
        _word("patient_deliverable"),
        _text("pathway", "{}"),
    ]


def _text(name: str, default: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _word(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.String(length=10), nullable=False, server_default="unknown")
