"""Second readings, notes between colleagues, and what the queue is filtered by."""

import json

import sqlalchemy as sa
from alembic import op

from service.store.datakeys import envelopes, letter_owner
from service.store.schema import letters
from service.vault.sealing import Sealed

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_CODES = ("language", "writer_country", "reader_country")
_FLAGS = ("urgent", "for_senior")
_LETTERS_AT_ONCE = 500


def upgrade() -> None:
    _new_tables()
    _new_columns()
    op.create_index("ix_letters_queue", "letters", ["state", "urgent", "received_at"])
    _tell_codes()


def _new_tables() -> None:
    op.create_table(
        "second_readings",
        sa.Column("letter_id", sa.String(length=32), nullable=False),
        sa.Column("draft_number", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("first_by", sa.String(length=32), nullable=False),
        sa.Column("first_at", _TIME, nullable=False),
        sa.Column("first_content", sa.Text(), nullable=False),
        sa.Column("corrections_until", sa.Integer(), nullable=False),
        sa.Column("second_by", sa.String(length=32), nullable=True),
        sa.Column("second_at", _TIME, nullable=True),
        sa.Column("second_content", sa.Text(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "draft_number", name=op.f("pk_second_readings")),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["letters.letter_id"],
            name=op.f("fk_second_readings_letter_id_letters"),
        ),
    )
    op.create_table(
        "letter_notes",
        sa.Column("note_id", sa.String(length=32), nullable=False),
        sa.Column("letter_id", sa.String(length=32), nullable=False),
        sa.Column("written_at", _TIME, nullable=False),
        sa.Column("written_by", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_letter_notes")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.letter_id"], name=op.f("fk_letter_notes_letter_id_letters")
        ),
    )
    op.create_index(op.f("ix_letter_notes_letter_id"), "letter_notes", ["letter_id"])


def _new_columns() -> None:
    for name in _FLAGS:
        op.add_column(
            "letters",
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    for name in _CODES:
        op.add_column("letters", sa.Column(name, sa.String(length=8), nullable=True))
    for name in ("first_reader_id", "second_reader_id"):
        op.add_column("approvals", sa.Column(name, sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_index("ix_letters_queue", table_name="letters")
    for name in ("second_reader_id", "first_reader_id"):
        op.drop_column("approvals", name)
    for name in (*reversed(_CODES), *reversed(_FLAGS)):
        op.drop_column("letters", name)
    op.drop_table("letter_notes")
    op.drop_table("second_readings")


def _tell_codes() -> None:
    """Language and countries stood in the sealed summary only; a list cannot look there."""
    bind = op.get_bind()
    ids = bind.execute(sa.text("SELECT letter_id FROM letters")).scalars().all()
    for start in range(0, len(ids), _LETTERS_AT_ONCE):
        some = list(ids[start : start + _LETTERS_AT_ONCE])
        keys = envelopes(bind, [letter_owner(one) for one in some])
        query = sa.select(letters.c.letter_id, letters.c.summary)
        for row in bind.execute(query.where(letters.c.letter_id.in_(some))).all():
            _tell_codes_of(bind, row.letter_id, row.summary, keys.get(letter_owner(row.letter_id)))


def _tell_codes_of(bind: sa.Connection, letter_id: str, summary: Sealed, key: object) -> None:
    if key is None:
        return
    told = json.loads(key.open(letters.c.summary, letter_id, summary))  # type: ignore[attr-defined]
    codes = {name: told.get(name) for name in _CODES}
    bind.execute(
        sa.update(sa.table("letters", sa.column("letter_id"), *map(sa.column, _CODES)))
        .where(sa.column("letter_id") == letter_id)
        .values(codes)
    )
