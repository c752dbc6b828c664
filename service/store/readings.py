"""
What was read from the files of letters, and the pages of scans as images.

Contract: written once, in the transaction that moves the letter on; never changed.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from service.store.codec import reading_codec
from service.store.database import Writing
from service.store.datakeys import letter_envelope
from service.store.letters import StoredLetter, change_letter
from service.store.schema import page_images, readings
from service.workflow.audit import AuditEvent
from service.workflow.documents import FileReading, PageImage
from service.workflow.errors import NotFound


def save_reading(
    tx: Writing,
    seen: StoredLetter,
    reading: FileReading,
    images: tuple[PageImage, ...],
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """Keep what was read and move the letter on; returns the letter's new version."""
    version = change_letter(tx, seen, changes, event=event)
    envelope = letter_envelope(tx.connection, seen.letter_id)
    sealed = envelope.seal(readings.c.content, seen.letter_id, reading_codec.dump(reading))
    tx.connection.execute(
        insert(readings).values(letter_id=seen.letter_id, read_at=event.at, content=sealed)
    )
    for image in images:
        tx.connection.execute(
            insert(page_images).values(
                letter_id=seen.letter_id,
                number=image.number,
                media_type=image.media_type,
                content=envelope.seal_bytes(
                    page_images.c.content, f"{seen.letter_id}/{image.number}", image.content
                ),
            )
        )
    return version


def find_reading(connection: Connection, letter_id: str) -> FileReading | None:
    """What was read from the file; None for plain text and for what could not be read."""
    query = select(readings.c.content).where(readings.c.letter_id == letter_id)
    content = connection.execute(query).scalar_one_or_none()
    if content is None:
        return None
    envelope = letter_envelope(connection, letter_id)
    return reading_codec.load(envelope.open(readings.c.content, letter_id, content))


def find_page_image(connection: Connection, letter_id: str, number: int) -> PageImage:
    """The image of a page, or `NotFound`."""
    query = select(page_images).where(
        page_images.c.letter_id == letter_id, page_images.c.number == number
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    envelope = letter_envelope(connection, letter_id)
    content = envelope.open_bytes(page_images.c.content, f"{letter_id}/{number}", row.content)
    return PageImage(number=row.number, media_type=row.media_type, content=content)
