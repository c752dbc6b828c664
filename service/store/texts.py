"""
The texts that a letter had before a translation took their place; none is ever changed or lost.

Contract: a letter's text is replaced here only, together with the row that keeps the former one.
The file as it came in and its digest stay with the letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from service.store.database import Writing
from service.store.datakeys import letter_envelope
from service.store.letters import StoredLetter, change_letter, find_content
from service.store.schema import earlier_texts
from service.workflow.audit import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierText:
    """What the letter said as version `number`, until a person replaced it; 1: as it came in."""

    number: int
    text: str = field(repr=False)
    replaced_at: datetime
    replaced_by: str


def replace_text(
    tx: Writing,
    seen: StoredLetter,
    text: str,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
    former: str | None = None,
) -> int:
    """
    Give the letter another text and keep the one it had; returns the letter's new version.

    `former` is what takes the place of its text where it has none yet, such as the reading of a
    scan. Draft and proof of the former text no longer count: their places are in another text.
    """
    stored = find_content(tx.connection, seen.letter_id).text
    kept = stored if stored is not None else former or ""
    number = last_text_number(tx.connection, seen.letter_id)
    values = {**changes, "text": text, "draft_number": seen.draft_number + 1}
    version = change_letter(tx, seen, values, event=event)
    envelope = letter_envelope(tx.connection, seen.letter_id)
    tx.connection.execute(
        insert(earlier_texts).values(
            letter_id=seen.letter_id,
            number=number,
            text=envelope.seal(earlier_texts.c.text, f"{seen.letter_id}/{number}", kept),
            replaced_at=event.at,
            replaced_by=event.actor,
        )
    )
    return version


def find_earlier_texts(connection: Connection, letter_id: str) -> tuple[EarlierText, ...]:
    """The former texts of a letter, the first one first."""
    query = (
        select(earlier_texts)
        .where(earlier_texts.c.letter_id == letter_id)
        .order_by(earlier_texts.c.number)
    )
    rows = connection.execute(query).all()
    if not rows:
        return ()
    envelope = letter_envelope(connection, letter_id)
    return tuple(
        EarlierText(
            number=row.number,
            text=envelope.open(earlier_texts.c.text, f"{letter_id}/{row.number}", row.text),
            replaced_at=row.replaced_at,
            replaced_by=row.replaced_by,
        )
        for row in rows
    )


def last_text_number(connection: Connection, letter_id: str) -> int:
    """The number of the text that the letter has now."""
    query = select(func.count()).where(earlier_texts.c.letter_id == letter_id)
    return int(connection.execute(query).scalar_one()) + 1
