"""Notices: what the writer of a letter was told, kept with the letter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from anonymizer.notices import NoticeKind
from service.store.audit import append_event
from service.store.database import Writing
from service.store.datakeys import Envelope, envelopes, letter_envelope, letter_owner
from service.store.letters import StoredLetter, change_letter
from service.store.schema import letters, notices
from service.workflow.audit import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredNotice:
    """A notice as it was made; `given_out_at` is the moment in which it left the service."""

    notice_id: str
    letter_id: str
    kind: NoticeKind
    language: str
    text: str = field(repr=False)
    made_at: datetime
    made_by: str
    given_out_at: datetime | None = None


def insert_notices(tx: Writing, made: Iterable[StoredNotice], *, event: AuditEvent) -> None:
    """Keep new notices of one letter."""
    for notice in made:
        _insert(tx, notice)
    append_event(tx, event=event)


def return_with_notice(
    tx: Writing,
    seen: StoredLetter,
    notice: StoredNotice,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """The letter goes back together with what its writer is told; returns its new version."""
    version = change_letter(tx, seen, changes, event=event)
    _insert(tx, notice)
    return version


def find_notices(connection: Connection, letter_ids: Iterable[str]) -> tuple[StoredNotice, ...]:
    """The notices of these letters, in the order in which they were made."""
    query = (
        select(notices)
        .where(notices.c.letter_id.in_(list(letter_ids)))
        .order_by(notices.c.made_at, notices.c.notice_id)
    )
    rows = connection.execute(query).all()
    keys = envelopes(connection, [letter_owner(row.letter_id) for row in rows])
    return tuple(_notice(row, keys[letter_owner(row.letter_id)]) for row in rows)


def notices_to_add_to(connection: Connection, letter_id: str) -> tuple[StoredNotice, ...]:
    """The notices of a letter; in a writing transaction nobody else adds one until its end."""
    connection.execute(
        select(letters.c.letter_id).where(letters.c.letter_id == letter_id).with_for_update()
    )
    return find_notices(connection, [letter_id])


def give_out(tx: Writing, notice_ids: Iterable[str], *, event: AuditEvent) -> None:
    """These notices leave the service now, for the first time."""
    tx.connection.execute(
        update(notices)
        .where(notices.c.notice_id.in_(list(notice_ids)), notices.c.given_out_at.is_(None))
        .values(given_out_at=event.at)
    )
    append_event(tx, event=event)


def _insert(tx: Writing, notice: StoredNotice) -> None:
    envelope = letter_envelope(tx.connection, notice.letter_id)
    tx.connection.execute(
        insert(notices).values(
            notice_id=notice.notice_id,
            letter_id=notice.letter_id,
            kind=notice.kind.value,
            language=notice.language,
            text=envelope.seal(notices.c.text, notice.notice_id, notice.text),
            made_at=notice.made_at,
            made_by=notice.made_by,
            given_out_at=notice.given_out_at,
        )
    )


def _notice(row: Row[Any], envelope: Envelope | None) -> StoredNotice:
    values = dict(row._mapping)  # noqa: SLF001 - see letters.py
    text = envelope.open(notices.c.text, row.notice_id, row.text) if envelope else ""
    return StoredNotice(**{**values, "kind": NoticeKind(values["kind"]), "text": text})
