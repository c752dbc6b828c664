"""
Two readings of a draft: the first one kept while another person reads, then both side by side.

Contract: rows count for one draft of a letter; a new draft is read from the start. What was read
is sealed under the letter's key, and is erased with the other findings.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from service.store.codec import proof_codec, reasons_codec
from service.store.database import Writing
from service.store.datakeys import letter_envelope
from service.store.drafts import change_proof
from service.store.letters import StoredLetter
from service.store.reading_tables import second_readings
from service.workflow.audit import AuditEvent
from service.workflow.readings import Reading, TwoReadings
from service.workflow.records import Proof

_T = second_readings.c


def save_first_reading(
    tx: Writing,
    seen: StoredLetter,
    readings: TwoReadings,
    start: Proof,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """Keep the first reading; the letter shows `start` again, the machine's own draft."""
    version = change_proof(tx, seen, start, changes, event=event)
    envelope = letter_envelope(tx.connection, seen.letter_id)
    content = proof_codec.dump(readings.first.proof)
    tx.connection.execute(
        insert(second_readings).values(
            letter_id=seen.letter_id,
            draft_number=seen.draft_number,
            reasons=reasons_codec.dump(readings.reasons),
            first_by=readings.first.person_id,
            first_at=readings.first.at,
            first_content=envelope.seal(_T.first_content, _record(seen), content),
            corrections_until=readings.corrections_until,
            settled=False,
        )
    )
    return version


def save_second_reading(
    tx: Writing,
    seen: StoredLetter,
    second: Reading | None,
    proof: Proof,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
    settled: bool = False,
) -> int:
    """Keep the second reading (None: it goes on) and what the letter looks like with it."""
    version = change_proof(tx, seen, proof, changes, event=event)
    values: dict[str, Any] = dict.fromkeys(("second_by", "second_at", "second_content"))
    if second is not None:
        envelope = letter_envelope(tx.connection, seen.letter_id)
        content = proof_codec.dump(second.proof)
        values = {
            "second_by": second.person_id,
            "second_at": second.at,
            "second_content": envelope.seal(_T.second_content, _record(seen), content),
        }
    tx.connection.execute(
        update(second_readings)
        .where(_T.letter_id == seen.letter_id, _T.draft_number == seen.draft_number)
        .values(**values, settled=settled)
    )
    return version


def find_readings(connection: Connection, letter: StoredLetter) -> TwoReadings | None:
    """The readings of the current draft; None until the first of two is done."""
    query = select(second_readings).where(
        _T.letter_id == letter.letter_id, _T.draft_number == letter.draft_number
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    first = _reading(connection, letter, row, "first")
    return TwoReadings(
        reasons=reasons_codec.load(row.reasons),
        first=first,
        second=_reading(connection, letter, row, "second") if row.second_by else None,
        corrections_until=row.corrections_until,
        settled=row.settled,
    )


def _reading(connection: Connection, letter: StoredLetter, row: Row[Any], which: str) -> Reading:
    column = second_readings.c[f"{which}_content"]
    values = row._mapping  # noqa: SLF001 - see letters.py
    at: datetime = values[f"{which}_at"]
    envelope = letter_envelope(connection, letter.letter_id)
    content = envelope.open(column, _record(letter), values[column.name])
    return Reading(person_id=values[f"{which}_by"], at=at, proof=proof_codec.load(content))


def _record(letter: StoredLetter) -> str:
    return f"{letter.letter_id}/{letter.draft_number}"
