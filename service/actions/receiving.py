"""
Step 1 in the service: a letter comes in and is stored, readable or not, before anyone is told so.

Contract: what returns is durably committed with its audit row. Plain text is decoded here: nothing
in it is parsed. Any other file is stored as it came and read later, by the worker. A file that
cannot be read is stored and held with the reason; only what exceeds a limit is refused.
"""

import hashlib
import json
import shutil
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime

from anonymizer.documents.kinds import kind_of
from anonymizer.documents.text import read_text
from anonymizer.errors import Unreadable
from anonymizer.model import (
    Channel,
    Circumstances,
    Direction,
    DocumentKind,
    Hold,
    Stage,
    normalize_text,
    text_digest,
)
from service.actions.desk import Desk
from service.settings import MEBIBYTE
from service.store.clients import (
    AnsweredRequest,
    find_answer,
    insert_answered_letter,
    request_code,
)
from service.store.letters import (
    LetterContent,
    StoredLetter,
    find_same_text,
    insert_letter,
)
from service.store.size import left_of_limit
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import DiskFull, KeyReused, TooLarge
from service.workflow.people import Person, check_may_upload
from service.workflow.records import Summary
from service.workflow.states import LetterState

#: The bytes of UTF-8 that begin no character.
_CONTINUATION = bytes(range(0x80, 0xC0))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingLetter:
    """A letter as it arrives: bytes, and what came with them."""

    content: bytes = field(repr=False)
    channel: Channel
    direction: Direction | None = None
    cover_number: str | None = field(default=None, repr=False)
    circumstances: Circumstances = field(default=Circumstances(), repr=False)
    is_typed: bool = False
    """The content is the letter's text in UTF-8, not a file: plain text however it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRequest:
    """The request of a registry client; the same key with the same letter is the same request."""

    client: str
    idempotency_key: str
    key_id: str | None = field(default=None, compare=False)
    """The API key it came with: nothing is stored once that is revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The receipt: the letter is stored."""

    letter_id: str
    digest: str
    state: LetterState


def receive_letter(desk: Desk, person: Person, *, incoming: IncomingLetter) -> Received:
    """Store a letter that a member of staff brings in."""
    check_may_upload(person)
    check_room(desk)
    letter, content = _letter(desk, incoming, client=None)
    with desk.database.writing() as tx:
        letter = _with_duplicate(letter, find_same_text(tx.connection, letter.text_digest or ""))
        insert_letter(tx, letter, content, event=_event(letter, person.person_id))
    return _receipt(letter)


def receive_client_letter(
    desk: Desk, *, incoming: IncomingLetter, request: ClientRequest
) -> Received:
    """Store a letter that a registry client posts; asked again, give the same receipt."""
    letter, content = _letter(desk, incoming, client=request.client)
    answered = AnsweredRequest(
        client=request.client,
        idempotency_key=request.idempotency_key,
        payload_digest=_payload_digest(incoming),
        letter_id=letter.letter_id,
        at=letter.received_at,
    )
    with desk.database.writing() as tx:
        before = find_answer(tx.connection, request.client, request.idempotency_key)
        if before is not None:
            if before.payload_digest != request_code(tx.connection, answered.payload_digest):
                raise KeyReused
            # the same letter: its receipt is the one that was given, whatever became of it since
            return replace(_receipt(letter), letter_id=before.letter_id)
        letter = _with_duplicate(letter, find_same_text(tx.connection, letter.text_digest or ""))
        actor = f"client:{request.client}"
        event = _event(letter, actor)
        insert_answered_letter(tx, letter, content, answered, key_id=request.key_id, event=event)
    return _receipt(letter)


def check_room(desk: Desk) -> None:
    """Raise `DiskFull` while there is room to refuse politely; review and dispatch go on."""
    settings, reserve = desk.settings, desk.settings.disk_reserve_mb * MEBIBYTE
    for folder in (settings.data_folder, *settings.disk_folders):
        if shutil.disk_usage(folder).free < reserve:
            raise DiskFull
    if settings.database_limit_mb is None:
        return
    left = left_of_limit(settings, desk.size.of(desk.database))
    if left is not None and left < reserve:
        message = "The database has too little room to store letters safely. Try again later."
        raise DiskFull(message)


def read_content(desk: Desk, content: bytes) -> tuple[str | None, tuple[Hold, ...]]:
    """The text of plain text, or the hold that says why there is none; `TooLarge` over limits."""
    _check_size(desk, content)
    _check_characters(desk, content)
    text, holds = _read(content)
    if text is not None and len(text) > desk.settings.max_letter_characters:
        raise _too_long(desk)
    return text, holds


def held_at_intake(error: Unreadable) -> Hold:
    """The hold of a file that cannot be read. The sentence is the reader's own, quoting nothing."""
    return Hold(stage=Stage.INTAKE, code=error.code, reason=error.sentence)


def _first_look(desk: Desk, incoming: IncomingLetter) -> tuple[str | None, tuple[Hold, ...]]:
    """The text and no hold, neither for a file that the worker will read, or the hold."""
    if incoming.is_typed:
        return read_content(desk, incoming.content)
    _check_size(desk, incoming.content)
    try:
        kind = kind_of(incoming.content)
    except Unreadable as error:
        return None, (held_at_intake(error),)
    return read_content(desk, incoming.content) if kind is DocumentKind.TEXT else (None, ())


def _letter(
    desk: Desk, incoming: IncomingLetter, *, client: str | None
) -> tuple[StoredLetter, LetterContent]:
    text, holds = _first_look(desk, incoming)
    letter = _new_letter(
        incoming,
        client=client,
        now=desk.now(),
        holds=holds,
        text=text,
    )
    return letter, LetterContent(content=incoming.content, text=text)


def _new_letter(
    incoming: IncomingLetter,
    *,
    client: str | None,
    now: datetime,
    holds: tuple[Hold, ...],
    text: str | None,
) -> StoredLetter:
    return StoredLetter(
        letter_id=uuid.uuid4().hex,
        state=LetterState.HELD_FAULT if holds else LetterState.RECEIVED,
        version=1,
        received_at=now,
        changed_at=now,
        channel=incoming.channel,
        client=client,
        digest=hashlib.sha256(incoming.content).hexdigest(),
        text_digest=text_digest(text) if text is not None else None,
        duplicate_of=None,
        direction=incoming.direction,
        cover_number=incoming.cover_number,
        circumstances=incoming.circumstances,
        case_id=None,
        allocation_reason=None,
        language_released=False,
        exchange_released=(),
        state_reason=None,
        holds=holds,
        summary=Summary.of(text, None, None),
        claimed_by=None,
        lease_until=None,
        lease_token=0,
        attempts=0,
        next_try_at=now,
        draft_number=0,
    )


def _read(content: bytes) -> tuple[str | None, tuple[Hold, ...]]:
    """The text, or why there is none."""
    try:
        return normalize_text(read_text(content)), ()
    except Unreadable as error:
        reason = f"The file could not be read: {error.sentence}"
        return None, (Hold(stage=Stage.INTAKE, code=error.code, reason=reason),)


def _check_size(desk: Desk, content: bytes) -> None:
    if len(content) > desk.settings.max_body_bytes:
        limit = desk.settings.max_body_bytes // (1024 * 1024)
        message = f"The file is larger than {limit} MB."
        raise TooLarge(message)


def _check_characters(desk: Desk, content: bytes) -> None:
    # counted before decoding: a reader that refuses long files would make it look unreadable
    characters = len(content.translate(None, delete=_CONTINUATION))
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or content[:200].count(0) > 20:
        characters = len(content) // 2
    if characters > desk.settings.max_letter_characters:
        raise _too_long(desk)


def _too_long(desk: Desk) -> TooLarge:
    limit = f"{desk.settings.max_letter_characters:,}"
    return TooLarge(f"The letter is longer than {limit} characters.")


def _with_duplicate(letter: StoredLetter, earlier: str | None) -> StoredLetter:
    return replace(letter, duplicate_of=earlier) if letter.text_digest else letter


def _payload_digest(incoming: IncomingLetter) -> str:
    """One digest over everything in the request that makes it this request."""
    known = [(one.kind.value, one.value) for one in incoming.circumstances.known_identifiers]
    about = [
        incoming.channel.value,
        incoming.direction,
        incoming.cover_number,
        incoming.circumstances.writer_country,
        incoming.circumstances.reader_country,
        incoming.circumstances.language,
        known,
        hashlib.sha256(incoming.content).hexdigest(),
    ]
    return hashlib.sha256(json.dumps(about).encode("utf-8")).hexdigest()


def _event(letter: StoredLetter, actor: str) -> AuditEvent:
    return AuditEvent(
        at=letter.received_at,
        actor=actor,
        action=AuditAction.LETTER_RECEIVED,
        letter_id=letter.letter_id,
        details={
            "state": letter.state.value,
            "channel": letter.channel.value,
            "digest": letter.digest,
            "holds": ",".join(hold.code for hold in letter.holds),
        },
    )


def _receipt(letter: StoredLetter) -> Received:
    return Received(letter_id=letter.letter_id, digest=letter.digest, state=letter.state)
