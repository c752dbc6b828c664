"""Scans that waited as faults before they had a state of their own."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from service.store.database import Database
from service.store.migrate import migrate, unmigrate

_INSERT = text(
    "INSERT INTO letters (letter_id, state, version, received_at, changed_at, channel, content, "
    "text, digest, circumstances, language_released, holds, summary, lease_token, attempts, "
    "next_try_at, draft_number) VALUES (:letter_id, :state, 1, :now, :now, 'upload', :content, "
    ":text, '', '{}', :no, :holds, '{}', 0, 0, :now, 0)"
)
TYPED = '[{"stage":"intake","code":"needs_transcription","reason":"Transcribe it."}]'
DAMAGED = '[{"stage":"intake","code":"damaged","reason":"It is damaged."}]'


@pytest.mark.parametrize(
    ("state", "holds", "words", "expected"),
    [
        ("held_fault", TYPED, None, "held_transcription"),
        ("held_fault", DAMAGED, None, "held_fault"),
        ("returned", TYPED, None, "returned"),
        ("held_fault", TYPED, "typed", "held_fault"),
    ],
)
def test_a_scan_that_waits_to_be_typed_gets_its_state(
    database_url: str, state: str, holds: str, words: str | None, expected: str
) -> None:
    """There and back; no other letter moves."""
    database = Database(database_url)
    migrate(database, target="0007")
    row = {
        "letter_id": "l",
        "state": state,
        "now": datetime(2026, 3, 2, tzinfo=UTC),
        "content": b"",
        "text": words,
        "no": False,
        "holds": holds,
    }
    with database.writing() as tx:
        tx.connection.execute(_INSERT, row)
    migrate(database, target="0008")
    assert _state(database) == expected
    unmigrate(database, target="0007")
    assert _state(database) == state
    database.close()


def _state(database: Database) -> str:
    with database.reading() as connection:
        return str(connection.execute(text("SELECT state FROM letters")).scalar_one())
