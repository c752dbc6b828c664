"""
Pictures that may go with a letter.

Contract: a picture is made, approved or taken back in the transaction that raises the letter's
version, so whoever saw another picture sees that the letter has changed.
"""

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from service.store.codec import boxes_codec
from service.store.database import Writing
from service.store.datakeys import Envelope, letter_envelope
from service.store.letters import StoredLetter, change_letter
from service.store.schema import outgoing_pictures
from service.workflow.audit import AuditEvent
from service.workflow.errors import NotFound
from service.workflow.pictures import OutgoingPicture, PictureSort

_TABLE = outgoing_pictures
#: Lists do not carry the pixels around.
_FACTS = [column for column in _TABLE.c if column.name not in {"letter_id", "content"}]


def save_picture(
    tx: Writing, seen: StoredLetter, picture: OutgoingPicture, content: bytes, *, event: AuditEvent
) -> int:
    """Keep a picture in place of the one with its number; returns the letter's new version."""
    version = change_letter(tx, seen, {}, event=event)
    tx.connection.execute(delete(_TABLE).where(*_this(seen.letter_id, picture.number)))
    values = {name: getattr(picture, name) for name in OutgoingPicture.__slots__}
    values["sort"] = picture.sort.value
    values["boxes"] = boxes_codec.dump(picture.boxes)
    envelope, record = letter_envelope(tx.connection, seen.letter_id), _record(seen, picture)
    values["words"] = envelope.seal(_TABLE.c.words, record, picture.words)
    sealed = envelope.seal_bytes(_TABLE.c.content, record, content)
    tx.connection.execute(insert(_TABLE).values(letter_id=seen.letter_id, content=sealed, **values))
    return version


def approve_stored_picture(
    tx: Writing, seen: StoredLetter, number: int, *, event: AuditEvent
) -> int:
    """The picture goes with the letter; returns the letter's new version."""
    version = change_letter(tx, seen, {}, event=event)
    tx.connection.execute(
        update(_TABLE)
        .where(*_this(seen.letter_id, number))
        .values(approved_at=event.at, approved_by=event.actor)
    )
    return version


def drop_picture(tx: Writing, seen: StoredLetter, number: int, *, event: AuditEvent) -> int:
    """The picture does not go; returns the letter's new version."""
    version = change_letter(tx, seen, {}, event=event)
    tx.connection.execute(delete(_TABLE).where(*_this(seen.letter_id, number)))
    return version


def find_pictures(connection: Connection, letter_id: str) -> tuple[OutgoingPicture, ...]:
    """The pictures of a letter that go, or may go, by their number."""
    query = select(*_FACTS).where(_TABLE.c.letter_id == letter_id).order_by(_TABLE.c.number)
    rows = connection.execute(query).all()
    if not rows:
        return ()
    envelope = letter_envelope(connection, letter_id)
    return tuple(_picture(row, letter_id, envelope) for row in rows)


def find_picture_content(connection: Connection, letter_id: str, number: int) -> bytes:
    """The bytes of a picture as it would leave, or `NotFound`."""
    query = select(_TABLE.c.content).where(*_this(letter_id, number))
    content = connection.execute(query).scalar_one_or_none()
    if content is None:
        raise NotFound
    envelope = letter_envelope(connection, letter_id)
    return envelope.open_bytes(_TABLE.c.content, f"{letter_id}/{number}", content)


def _this(letter_id: str, number: int) -> tuple[Any, ...]:
    return _TABLE.c.letter_id == letter_id, _TABLE.c.number == number


def _record(seen: StoredLetter, picture: OutgoingPicture) -> str:
    return f"{seen.letter_id}/{picture.number}"


def _picture(row: Row[Any], letter_id: str, envelope: Envelope) -> OutgoingPicture:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public way despite the underscore
    values["sort"] = PictureSort(values["sort"])
    values["boxes"] = boxes_codec.load(values["boxes"])
    values["words"] = envelope.open(_TABLE.c.words, f"{letter_id}/{row.number}", row.words)
    return OutgoingPicture(**values)
