"""
Drafts, corrections and proofs of a letter; each change goes together with the letter's own.

Contract: a draft is written once per (letter, number) and never changed; the proof is what the
corrections make of the current draft. What a draft says of both sides' identities is sealed under
a key of its own, which is destroyed earlier than the letter's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.store.codec import correction_codec, draft_codec, proof_codec, routing_codec
from service.store.database import Writing
from service.store.datakeys import (
    Envelope,
    envelopes,
    known_owner,
    letter_envelope,
    made_envelope,
)
from service.store.letters import StoredLetter, change_letter
from service.store.schema import corrections, drafts, proofs
from service.workflow.audit import AuditEvent
from service.workflow.corrections import Journal, MadeCorrection
from service.workflow.errors import StaleVersion
from service.workflow.records import MachineDraft, Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """A draft to store, with its proof unless the machine has no outgoing text."""

    draft: MachineDraft
    proof: Proof | None


def save_draft(
    tx: Writing,
    seen: StoredLetter,
    new: NewDraft,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """Store a new draft and move the letter on; corrections of older drafts no longer count."""
    number = seen.draft_number + 1
    record, routing = f"{seen.letter_id}/{number}", new.draft.routing
    content = draft_codec.dump(replace(new.draft, routing=None))
    known = made_envelope(tx.connection, known_owner(seen.letter_id)) if routing else None
    columns = {
        "letter_id": seen.letter_id,
        "number": number,
        "made_at": event.at,
        "content": _envelope(tx.connection, seen).seal(drafts.c.content, record, content),
        "routing": known.seal(drafts.c.routing, record, routing_codec.dump(routing))
        if known and routing
        else None,
        "case_id": routing.case_id if routing else None,
    }
    try:
        tx.connection.execute(insert(drafts).values(columns))
    except IntegrityError:
        # another worker has stored its draft under this number: the letter has gone on
        raise StaleVersion from None
    _write_proof(tx, seen.letter_id, number, new.proof)
    # last: from the event on, whoever else writes an event has to wait for the end of this
    return change_letter(tx, seen, {**changes, "draft_number": number}, event=event)


def save_corrections(
    tx: Writing,
    seen: StoredLetter,
    made: tuple[MadeCorrection, ...],
    proof: Proof,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """Store one call's corrections and the proof they lead to."""
    version = change_letter(tx, seen, changes, event=event)
    # what was undone before is on record, but a new step leads elsewhere
    _set(tx, seen, corrections.c.redoable.is_(True), redoable=False)
    envelope = _envelope(tx.connection, seen)
    for one in made:
        content, record = correction_codec.dump(one.correction), f"{seen.letter_id}/{one.number}"
        tx.connection.execute(
            insert(corrections).values(
                letter_id=seen.letter_id,
                number=one.number,
                draft_number=seen.draft_number,
                batch=one.batch,
                author=one.author,
                at=one.at,
                content=envelope.seal(corrections.c.content, record, content),
                undone=False,
                redoable=False,
            )
        )
    _write_proof(tx, seen.letter_id, seen.draft_number, proof)
    return version


def turn_corrections(
    tx: Writing,
    seen: StoredLetter,
    batch: int,
    proof: Proof,
    changes: Mapping[str, Any],
    *,
    undone: bool,
    event: AuditEvent,
) -> int:
    """Let one call's corrections count no more, or again; undone ones can be made again."""
    version = change_letter(tx, seen, changes, event=event)
    _set(tx, seen, corrections.c.batch == batch, undone=undone, redoable=undone)
    _write_proof(tx, seen.letter_id, seen.draft_number, proof)
    return version


def change_proof(
    tx: Writing, seen: StoredLetter, proof: Proof, changes: Mapping[str, Any], *, event: AuditEvent
) -> int:
    """Put another proof of the current draft in the place of the one before."""
    version = change_letter(tx, seen, changes, event=event)
    _write_proof(tx, seen.letter_id, seen.draft_number, proof)
    return version


def find_draft(connection: Connection, letter: StoredLetter) -> MachineDraft | None:
    """The current draft of a letter; without its routing once that was erased."""
    query = select(drafts.c.content, drafts.c.routing).where(
        drafts.c.letter_id == letter.letter_id, drafts.c.number == letter.draft_number
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    record, owner = f"{letter.letter_id}/{letter.draft_number}", known_owner(letter.letter_id)
    content = _envelope(connection, letter).open(drafts.c.content, record, row.content)
    draft = draft_codec.load(content)
    known = None if row.routing is None else envelopes(connection, [owner])[owner]
    if known is None:
        return draft
    return replace(
        draft, routing=routing_codec.load(known.open(drafts.c.routing, record, row.routing))
    )


def find_proof(connection: Connection, letter: StoredLetter) -> Proof | None:
    """The current proof of a letter."""
    query = select(proofs.c.content).where(
        proofs.c.letter_id == letter.letter_id, proofs.c.draft_number == letter.draft_number
    )
    content = connection.execute(query).scalar_one_or_none()
    if content is None:
        return None
    opened = _envelope(connection, letter).open(proofs.c.content, letter.letter_id, content)
    return proof_codec.load(opened)


def find_journal(connection: Connection, letter: StoredLetter, *, after: int = 0) -> Journal:
    """
    The steps of the current draft: those that count, and those that can be made again.

    Those up to the number `after` are left out: a second reader has not seen them.
    """
    query = (
        select(corrections)
        .where(
            corrections.c.letter_id == letter.letter_id,
            corrections.c.draft_number == letter.draft_number,
            corrections.c.undone.is_(False) | corrections.c.redoable.is_(True),
            corrections.c.number > after,
        )
        .order_by(corrections.c.number)
    )
    rows = connection.execute(query).all()
    if not rows:
        return Journal()
    envelope = _envelope(connection, letter)
    return Journal(
        made=tuple(_correction(envelope, row) for row in rows if not row.undone),
        undone=tuple(_correction(envelope, row) for row in rows if row.undone),
    )


def _correction(envelope: Envelope, row: Row[Any]) -> MadeCorrection:
    content = envelope.open(corrections.c.content, f"{row.letter_id}/{row.number}", row.content)
    return MadeCorrection(
        number=row.number,
        batch=row.batch,
        author=row.author,
        at=row.at,
        correction=correction_codec.load(content),
    )


def last_correction_number(connection: Connection, letter_id: str) -> int:
    """The highest number ever given to a correction of this letter, undone ones included."""
    query = select(func.max(corrections.c.number)).where(corrections.c.letter_id == letter_id)
    return int(connection.execute(query).scalar_one() or 0)


def numbered(
    made: tuple[MadeCorrection, ...], *, after: int, at: datetime
) -> tuple[MadeCorrection, ...]:
    """The corrections with their numbers; the batch is the number of its first one."""
    return tuple(
        replace(one, number=after + index, batch=after + 1, at=at)
        for index, one in enumerate(made, start=1)
    )


def _set(tx: Writing, seen: StoredLetter, which: ColumnElement[bool], **values: bool) -> None:
    """Change the flags of some corrections of the current draft."""
    tx.connection.execute(
        update(corrections)
        .where(
            corrections.c.letter_id == seen.letter_id,
            corrections.c.draft_number == seen.draft_number,
            which,
        )
        .values(**values)
    )


def _write_proof(tx: Writing, letter_id: str, draft_number: int, proof: Proof | None) -> None:
    tx.connection.execute(delete(proofs).where(proofs.c.letter_id == letter_id))
    if proof is not None:
        envelope = letter_envelope(tx.connection, letter_id)
        tx.connection.execute(
            insert(proofs).values(
                letter_id=letter_id,
                draft_number=draft_number,
                digest=proof.digest,
                content=envelope.seal(proofs.c.content, letter_id, proof_codec.dump(proof)),
            )
        )


def _envelope(connection: Connection, letter: StoredLetter) -> Envelope:
    return letter_envelope(connection, letter.letter_id)
