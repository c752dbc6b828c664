"""Notices to writers, releases of identities, receipts; a draft names its case."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("drafts", sa.Column("case_id", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_drafts_case_id"), "drafts", ["case_id"], unique=False)
    _name_cases_of_drafts()
    op.create_index(
        op.f("ix_letters_state_changed_at"), "letters", ["state", "changed_at"], unique=False
    )
    op.create_index(op.f("ix_letters_case_id"), "letters", ["case_id"], unique=False)
    op.add_column("dispatches", sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dispatches", sa.Column("receipt_by", sa.String(length=32), nullable=True))
    _create_notices()
    _create_releases()


def downgrade() -> None:
    op.drop_index(op.f("ix_contact_releases_case_id"), table_name="contact_releases")
    op.drop_table("contact_releases")
    op.drop_index(op.f("ix_notices_letter_id"), table_name="notices")
    op.drop_table("notices")
    op.drop_column("dispatches", "receipt_by")
    op.drop_column("dispatches", "receipt_at")
    op.drop_index(op.f("ix_letters_case_id"), table_name="letters")
    op.drop_index(op.f("ix_letters_state_changed_at"), table_name="letters")
    op.drop_index(op.f("ix_drafts_case_id"), table_name="drafts")
    op.drop_column("drafts", "case_id")


def _name_cases_of_drafts() -> None:
    """The case of an earlier draft stands in its content."""
    connection = op.get_bind()
    drafts = sa.table(
        "drafts", sa.column("letter_id"), sa.column("number"), sa.column("content"),
        sa.column("case_id"),
    )  # fmt: skip
    keys = connection.execute(sa.select(drafts.c.letter_id, drafts.c.number)).all()
    for letter_id, number in keys:
        here = sa.and_(drafts.c.letter_id == letter_id, drafts.c.number == number)
        content = connection.execute(sa.select(drafts.c.content).where(here)).scalar_one()
        case_id = (json.loads(content).get("routing") or {}).get("case_id")
        if case_id is not None:
            connection.execute(sa.update(drafts).where(here).values(case_id=case_id))


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("letter_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("given_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.letter_id"], name=op.f("fk_notices_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_letter_id"), "notices", ["letter_id"], unique=False)


def _create_releases() -> None:
    op.create_table(
        "contact_releases",
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(length=32), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=32), nullable=True),
        sa.Column("rules_digest", sa.String(length=64), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_contact_releases")),
    )
    op.create_index(
        op.f("ix_contact_releases_case_id"), "contact_releases", ["case_id"], unique=False
    )
