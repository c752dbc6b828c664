"""What colleagues write to each other about a letter, sealed under the letter's key."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select

from service.store.audit import append_event
from service.store.database import Writing
from service.store.datakeys import letter_envelope
from service.store.reading_tables import letter_notes
from service.workflow.audit import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredNote:
    """A note; it is never changed."""

    note_id: str
    letter_id: str
    written_at: datetime
    written_by: str
    text: str = field(repr=False)


def add_note(tx: Writing, note: StoredNote, *, event: AuditEvent) -> None:
    """Keep a note. The letter's version stays: a note changes no decision."""
    envelope = letter_envelope(tx.connection, note.letter_id)
    tx.connection.execute(
        insert(letter_notes).values(
            note_id=note.note_id,
            letter_id=note.letter_id,
            written_at=note.written_at,
            written_by=note.written_by,
            text=envelope.seal(letter_notes.c.text, note.note_id, note.text),
        )
    )
    append_event(tx, event=event)


def find_notes(connection: Connection, letter_id: str) -> tuple[StoredNote, ...]:
    """The notes of a letter, the oldest first."""
    query = (
        select(letter_notes)
        .where(letter_notes.c.letter_id == letter_id)
        .order_by(letter_notes.c.written_at, letter_notes.c.note_id)
    )
    rows = connection.execute(query).all()
    if not rows:
        return ()
    envelope = letter_envelope(connection, letter_id)
    return tuple(
        StoredNote(
            note_id=row.note_id,
            letter_id=row.letter_id,
            written_at=row.written_at,
            written_by=row.written_by,
            text=envelope.open(letter_notes.c.text, row.note_id, row.text),
        )
        for row in rows
    )
