"""
Tables of the second reading, of notes between colleagues and of what proofreaders found.

Letter text stands in second_readings.first_content and .second_content and in letter_notes.text;
`findings_found` counts, it names no letter.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from service.store.columns import SealedText
from service.store.schema import UtcTime, metadata

#: A draft that two people read on their own. The second one's part is empty until it is done.
second_readings = Table(
    "second_readings",
    metadata,
    Column("letter_id", String(32), ForeignKey("letters.letter_id"), primary_key=True),
    Column("draft_number", Integer, primary_key=True),
    Column("reasons", Text, nullable=False),
    Column("first_by", String(32), nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("first_content", SealedText, nullable=False),
    Column("corrections_until", Integer, nullable=False),
    Column("second_by", String(32)),
    Column("second_at", UtcTime),
    Column("second_content", SealedText),
    Column("settled", Boolean, nullable=False),
)

#: What colleagues write to each other about a letter.
letter_notes = Table(
    "letter_notes",
    metadata,
    Column("note_id", String(32), primary_key=True),
    Column("letter_id", String(32), ForeignKey("letters.letter_id"), nullable=False, index=True),
    Column("written_at", UtcTime, nullable=False),
    Column("written_by", String(32), nullable=False),
    Column("text", SealedText, nullable=False),
)

#: How often people corrected the machine in approved letters, by week (its Monday).
findings_found = Table(
    "findings_found",
    metadata,
    Column("week", String(10), primary_key=True),
    Column("language", String(2), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("outcome", String(20), primary_key=True),
    Column("count", Integer, nullable=False),
)

QUEUE_INDEX = "ix_letters_queue"
#: All that the queue sorts and filters by, in its order: behind the sealed texts of a row these
#: columns would be found only by reading past them.
QUEUE_COLUMNS = (
    *("received_at", "letter_id", "for_senior", "claimed_by", "direction"),
    *("writer_country", "reader_country", "language"),
)
_LETTERS = metadata.tables["letters"].c
Index(
    QUEUE_INDEX,
    _LETTERS.state,
    _LETTERS.urgent.desc(),
    *(_LETTERS[name] for name in QUEUE_COLUMNS),
)
#: Whose letters wait, and the oldest of each.
Index(
    "ix_letters_client", _LETTERS.state, _LETTERS.client, _LETTERS.received_at, _LETTERS.letter_id
)
