"""
Letters: storing, finding, and the one way a letter changes.

Contract: `change_letter` is `UPDATE … WHERE id AND version AND state AND lease_token` with
exactly one row hit, or `StaleVersion`; a move that `TRANSITIONS` does not list never gets there.
What tells of people is sealed under the letter's own key: lists open the few words of a row that
they show, never its text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    func,
    insert,
    or_,
    select,
    update,
)

from anonymizer.model import Channel, Circumstances, Direction, Hold
from service.store.audit import append_event, append_first
from service.store.codec import circumstances_codec, holds_codec, summary_codec
from service.store.database import Writing
from service.store.datakeys import (
    Envelope,
    envelopes,
    letter_envelope,
    letter_owner,
    look_up_code,
    made_envelope,
)
from service.store.schema import letters
from service.store.webhooks import queue_status
from service.vault.keyring import Purpose
from service.workflow.audit import AuditEvent
from service.workflow.errors import NotFound, SealBroken, StaleVersion
from service.workflow.records import Summary
from service.workflow.states import LetterState, check_transition
from service.workflow.writer_status import writer_status


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
    """SHA-256 of its text; of a letter that was read from the store, the code it is found by."""
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
    erased: str | None = None
    """The part of it that was erased last (`service.workflow.retention.Part`)."""
    worker_id: str | None = None
    """The worker that has it in hand."""
    urgent: bool = False
    """It goes before older ones."""
    for_senior: bool = False
    """A colleague passed it to a senior proofreader, and none has read it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContent:
    """The bytes that came in, and the text in them when they could be read."""

    content: bytes = field(repr=False)
    text: str | None = field(repr=False)


#: Databases limit how many values a statement may carry.
_AT_ONCE = 500
#: In these states a letter waits a short while before it is tried again, and for nothing else.
_AFTER_A_PAUSE = frozenset({LetterState.RECEIVED, LetterState.APPROVED})
_LONGEST_PAUSE = timedelta(hours=1)
#: What lists are filtered by; the same stands in the summary.
_FILTERS = ("language", "writer_country", "reader_country")
_NOT_IN_LISTS = {"content", "text", *_FILTERS}
_ROW = [column for column in letters.c if column.name not in _NOT_IN_LISTS]
_CODECS: dict[str, Any] = {
    "circumstances": circumstances_codec,
    "holds": holds_codec,
    "exchange_released": holds_codec,
    "summary": summary_codec,
}
#: Sealed under the letter's key.
_SEALED = {"text", "circumstances", "summary", "cover_number", "allocation_reason", "state_reason"}
#: What a row says whose key was destroyed.
_ERASED: dict[str, Any] = {
    "circumstances": Circumstances(),
    "summary": Summary(),
    "cover_number": None,
    "allocation_reason": None,
    "state_reason": None,
}


def insert_letter(
    tx: Writing, letter: StoredLetter, content: LetterContent, *, event: AuditEvent
) -> None:
    """Store a new letter."""
    envelope = made_envelope(tx.connection, letter_owner(letter.letter_id))
    values = {name: getattr(letter, name) for name in StoredLetter.__slots__}
    sealed = envelope.seal_bytes(letters.c.content, letter.letter_id, content.content)
    columns = _columns(tx.connection, {**values, "text": content.text}, envelope, letter.letter_id)
    tx.connection.execute(insert(letters).values(**columns, content=sealed))
    append_event(tx, event=event)


def change_letter(
    tx: Writing, seen: StoredLetter, changes: Mapping[str, Any], *, event: AuditEvent
) -> int:
    """
    Change a letter that is still as it was seen; returns its new version.

    No worker has it in hand afterwards, unless the changes name one.
    """
    after = changes.get("state", seen.state)
    if after is not seen.state:
        check_transition(seen.state, after)
    values = {"changed_at": event.at, "worker_id": None, **changes, "version": seen.version + 1}
    # most changes say nothing that has to be sealed
    envelope = letter_envelope(tx.connection, seen.letter_id) if _SEALED & set(values) else None
    columns = _columns(tx.connection, values, envelope, seen.letter_id)
    done = tx.connection.execute(
        update(letters)
        .where(
            letters.c.letter_id == seen.letter_id,
            letters.c.version == seen.version,
            letters.c.state == seen.state.value,
            letters.c.lease_token == seen.lease_token,
        )
        .values(**columns)
    )
    if done.rowcount != 1:
        raise StaleVersion
    append_event(tx, event=event)
    _tell_client(tx, seen, after, changes.get("draft_number", seen.draft_number), now=event.at)
    return seen.version + 1


def _tell_client(
    tx: Writing, seen: StoredLetter, after: LetterState, drafts: int, *, now: datetime
) -> None:
    """Queue the word for whoever posted the letter, when it is another one than before."""
    word = writer_status(after, drafts=drafts)
    if seen.client is not None and word is not writer_status(seen.state, drafts=seen.draft_number):
        queue_status(tx, client=seen.client, letter_id=seen.letter_id, status=word, now=now)


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
    return _one(connection, select(*_ROW).where(letters.c.letter_id == letter_id))


def find_client_letter(connection: Connection, letter_id: str, client: str) -> StoredLetter:
    """The letter with this id if this client posted it, or `NotFound`."""
    query = select(*_ROW).where(letters.c.letter_id == letter_id, letters.c.client == client)
    return _one(connection, query)


def find_content(connection: Connection, letter_id: str) -> LetterContent:
    """Bytes and text of a letter, or `Erased`. Of a letter past its time the bytes are empty."""
    query = select(letters.c.content, letters.c.text).where(letters.c.letter_id == letter_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    envelope = letter_envelope(connection, letter_id)
    text = None if row.text is None else envelope.open(letters.c.text, letter_id, row.text)
    content = envelope.open_bytes(letters.c.content, letter_id, row.content)
    return LetterContent(content=content, text=text)


def find_same_text(connection: Connection, text_digest: str) -> str | None:
    """The oldest letter with exactly this text."""
    query = (
        select(letters.c.letter_id)
        .where(letters.c.text_digest == _text_code(connection, text_digest))
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
    return stored_letters(connection, query)


def next_letter(
    connection: Connection, state: LetterState, *, now: datetime
) -> StoredLetter | None:
    """The oldest letter in a state whose turn it is and that no worker has in hand."""
    query = (
        select(*_ROW)
        .where(*has_its_turn(state, now))
        .order_by(letters.c.received_at, letters.c.letter_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return next(iter(stored_letters(connection, query)), None)


def has_next_letter(connection: Connection, state: LetterState, *, now: datetime) -> bool:
    """True when `next_letter` is worth a transaction that writes; locks nothing."""
    query = select(letters.c.letter_id).where(*has_its_turn(state, now)).limit(1)
    return connection.execute(query).one_or_none() is not None


def letter_columns() -> list[Column[Any]]:
    """What `stored_letters` needs of a row."""
    return list(_ROW)


def count_by_state(connection: Connection) -> dict[LetterState, int]:
    """How many letters are in each state."""
    query = select(letters.c.state, func.count()).group_by(letters.c.state)
    return {LetterState(state): count for state, count in connection.execute(query)}


def stored_letters(connection: Connection, query: Select[Any]) -> tuple[StoredLetter, ...]:
    """The letters of a query for `letter_columns`; their keys are fetched together."""
    rows = connection.execute(query).all()
    keys = envelopes(connection, [letter_owner(row.letter_id) for row in rows])
    return tuple(_letter(row, keys) for row in rows)


def has_its_turn(state: LetterState, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What holds of the letters in a state that a worker may take now."""
    its_turn = letters.c.next_try_at <= now
    if state in _AFTER_A_PAUSE:
        # a pause cannot be this long: it was counted by a clock that was wrong
        its_turn = or_(its_turn, letters.c.next_try_at > now + _LONGEST_PAUSE)
    return letters.c.state == state.value, letters.c.worker_id.is_(None), its_turn


def _one(connection: Connection, query: Select[Any]) -> StoredLetter:
    found = stored_letters(connection, query)
    if not found:
        raise NotFound
    return found[0]


def _columns(
    connection: Connection,
    values: Mapping[str, Any],
    envelope: Envelope | None,
    letter_id: str,
) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if isinstance(summary := values.get("summary"), Summary):
        columns = {name: getattr(summary, name) for name in _FILTERS}
    for name, value in values.items():
        kept = _CODECS[name].dump(value) if name in _CODECS else value
        if kept is not None and name in _SEALED:
            if envelope is None:
                raise SealBroken
            kept = envelope.seal(letters.c[name], letter_id, kept)
        if kept is not None and name == "text_digest":
            kept = _text_code(connection, kept)
        columns[name] = kept
    return columns


def _text_code(connection: Connection, text_digest: str) -> str:
    return look_up_code(connection, Purpose.TEXTS, letters.c.text_digest, text_digest)


def _letter(row: Row[Any], keys: Mapping[str, Envelope | None]) -> StoredLetter:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public way despite the underscore
    owner = letter_owner(row.letter_id)
    if owner not in keys:
        raise SealBroken
    _open(values, keys[owner])
    for name, codec in _CODECS.items():
        if isinstance(values[name], str):
            values[name] = codec.load(values[name])
    values["state"] = LetterState(values["state"])
    values["channel"] = Channel(values["channel"])
    values["direction"] = Direction(values["direction"]) if values["direction"] else None
    return StoredLetter(**values)


def _open(values: dict[str, Any], envelope: Envelope | None) -> None:
    """Open in place what of a row is sealed; what was erased has its empty value."""
    for name in _SEALED & set(values):
        if envelope is None:
            values[name] = _ERASED[name]
        elif values[name] is not None:
            values[name] = envelope.open(letters.c[name], values["letter_id"], values[name])
