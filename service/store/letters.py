"""
Letters: storing, finding, and the one way a letter changes.

Contract: `change_letter` is `UPDATE … WHERE id AND version AND state AND lease_token` with
exactly one row hit, or `StaleVersion`; a move that `TRANSITIONS` does not list never gets there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from anonymizer.model import Channel, Circumstances, Direction, Hold
from service.store.audit import append_event, append_first
from service.store.codec import circumstances_codec, holds_codec, summary_codec
from service.store.database import Writing
from service.store.schema import letters
from service.workflow.audit import AuditEvent
from service.workflow.errors import NotFound, StaleVersion
from service.workflow.records import Summary
from service.workflow.states import LetterState, check_transition


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLetter:
    """A letter's row without its text and its bytes, which lists must not carry around."""

    letter_id: str
    state: LetterState
    version: int
    received_at: datetime
    changed_at: datetime
    channel: Channel
    client: str | None
    digest: str
    text_digest: str | None
    duplicate_of: str | None
    direction: Direction | None
    cover_number: str | None = field(repr=False)
    circumstances: Circumstances
    case_id: str | None
    allocation_reason: str | None = field(repr=False)
    language_released: bool
    exchange_released: tuple[Hold, ...]
    state_reason: str | None = field(repr=False)
    holds: tuple[Hold, ...]
    summary: Summary
    claimed_by: str | None
    lease_until: datetime | None
    lease_token: int
    attempts: int
    next_try_at: datetime
    draft_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContent:
    """The bytes that came in, and the text in them when they could be read."""

    content: bytes = field(repr=False)
    text: str | None = field(repr=False)


#: Databases limit how many values a statement may carry.
_AT_ONCE = 500
_NOT_IN_LISTS = {"content", "text"}
_ROW = [column for column in letters.c if column.name not in _NOT_IN_LISTS]
_CODECS: dict[str, Any] = {
    "circumstances": circumstances_codec,
    "holds": holds_codec,
    "exchange_released": holds_codec,
    "summary": summary_codec,
}


def insert_letter(
    tx: Writing, letter: StoredLetter, content: LetterContent, *, event: AuditEvent
) -> None:
    """Store a new letter."""
    values = {name: getattr(letter, name) for name in StoredLetter.__slots__}
    tx.connection.execute(
        insert(letters).values(**_columns(values), content=content.content, text=content.text)
    )
    append_event(tx, event=event)


def change_letter(
    tx: Writing, seen: StoredLetter, changes: Mapping[str, Any], *, event: AuditEvent
) -> int:
    """Change a letter that is still as it was seen; returns its new version."""
    after = changes.get("state", seen.state)
    if after is not seen.state:
        check_transition(seen.state, after)
    values = {"changed_at": event.at, **changes, "version": seen.version + 1}
    done = tx.connection.execute(
        update(letters)
        .where(
            letters.c.letter_id == seen.letter_id,
            letters.c.version == seen.version,
            letters.c.state == seen.state.value,
            letters.c.lease_token == seen.lease_token,
        )
        .values(**_columns(values))
    )
    if done.rowcount != 1:
        raise StaleVersion
    append_event(tx, event=event)
    return seen.version + 1


def open_stored(
    tx: Writing, seen: StoredLetter, until: datetime | None, *, event: AuditEvent, visit: timedelta
) -> None:
    """
    Someone looks at the letter: their lease runs until `until`. The version stays.

    The event is written once per visit: loading a page again is no second look.
    """
    tx.connection.execute(
        update(letters)
        .where(
            letters.c.letter_id == seen.letter_id,
            letters.c.claimed_by == seen.claimed_by,
            letters.c.version == seen.version,
        )
        .values(lease_until=until)
    )
    append_first(tx, event=event, within=visit)


def take_up_now(tx: Writing, state: LetterState, at: datetime) -> None:
    """
    The letters in this state have their turn at `at`; nothing else about them changes.

    Called in the transaction of whatever may let them go on. A letter that somebody else is just
    changing is left out: waiting for it could end in two transactions that wait for each other.
    """
    waiting = (
        select(letters.c.letter_id)
        .where(letters.c.state == state.value, letters.c.next_try_at > at)
        .with_for_update(skip_locked=True)
    )
    ids = tx.connection.execute(waiting).scalars().all()
    for start in range(0, len(ids), _AT_ONCE):
        tx.connection.execute(
            update(letters)
            .where(letters.c.letter_id.in_(ids[start : start + _AT_ONCE]))
            .values(next_try_at=at)
        )


def leave_until(tx: Writing, seen: StoredLetter, at: datetime) -> None:
    """Nothing is to be done with the letter before `at`. Its version stays."""
    tx.connection.execute(
        update(letters)
        .where(letters.c.letter_id == seen.letter_id, letters.c.version == seen.version)
        .values(next_try_at=at)
    )


def find_letter(connection: Connection, letter_id: str) -> StoredLetter:
    """The letter with this id, or `NotFound`."""
    row = connection.execute(select(*_ROW).where(letters.c.letter_id == letter_id)).one_or_none()
    if row is None:
        raise NotFound
    return _letter(row)


def find_client_letter(connection: Connection, letter_id: str, client: str) -> StoredLetter:
    """The letter with this id if this client posted it, or `NotFound`."""
    query = select(*_ROW).where(letters.c.letter_id == letter_id, letters.c.client == client)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _letter(row)


def find_content(connection: Connection, letter_id: str) -> LetterContent:
    """Bytes and text of a letter."""
    query = select(letters.c.content, letters.c.text).where(letters.c.letter_id == letter_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return LetterContent(content=bytes(row.content), text=row.text)


def find_same_text(connection: Connection, text_digest: str) -> str | None:
    """The oldest letter with exactly this text."""
    query = (
        select(letters.c.letter_id)
        .where(letters.c.text_digest == text_digest)
        .order_by(letters.c.received_at, letters.c.letter_id)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def find_letters(
    connection: Connection,
    *,
    states: frozenset[LetterState],
    claimed_by: str | None = None,
    limit: int = 200,
    latest_first: bool = False,
) -> tuple[StoredLetter, ...]:
    """Letters in these states, the oldest first, or those that changed last first."""
    order = (
        (letters.c.changed_at.desc(), letters.c.letter_id)
        if latest_first
        else (letters.c.received_at, letters.c.letter_id)
    )
    query = (
        select(*_ROW)
        .where(letters.c.state.in_([state.value for state in states]))
        .order_by(*order)
        .limit(limit)
    )
    if claimed_by is not None:
        query = query.where(letters.c.claimed_by == claimed_by)
    return tuple(_letter(row) for row in connection.execute(query))


def next_letter(
    connection: Connection, state: LetterState, *, now: datetime
) -> StoredLetter | None:
    """The oldest letter in a state whose turn it is; other workers' rows are skipped over."""
    query = (
        select(*_ROW)
        .where(letters.c.state == state.value, letters.c.next_try_at <= now)
        .where(or_(letters.c.lease_until.is_(None), letters.c.lease_until <= now))
        .order_by(letters.c.received_at, letters.c.letter_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(query).one_or_none()
    return _letter(row) if row else None


def count_by_state(connection: Connection) -> dict[LetterState, int]:
    """How many letters are in each state."""
    query = select(letters.c.state, func.count()).group_by(letters.c.state)
    return {LetterState(state): count for state, count in connection.execute(query)}


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _CODECS[name].dump(value) if name in _CODECS else value
        for name, value in values.items()
    }


def _letter(row: Row[Any]) -> StoredLetter:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public way despite the underscore
    for name, codec in _CODECS.items():
        values[name] = codec.load(values[name])
    values["state"] = LetterState(values["state"])
    values["channel"] = Channel(values["channel"])
    values["direction"] = Direction(values["direction"]) if values["direction"] else None
    return StoredLetter(**values)
