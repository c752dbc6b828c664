"""
Drafts, corrections and proofs of a letter; each change goes together with the letter's own.

Contract: a draft is written once per (letter, number) and never changed; the proof is what the
corrections make of the current draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from service.store.codec import correction_codec, draft_codec, proof_codec
from service.store.database import Writing
from service.store.letters import StoredLetter, change_letter
from service.store.schema import corrections, drafts, proofs
from service.workflow.audit import AuditEvent
from service.workflow.corrections import MadeCorrection
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
    version = change_letter(tx, seen, {**changes, "draft_number": number}, event=event)
    tx.connection.execute(
        insert(drafts).values(
            letter_id=seen.letter_id,
            number=number,
            made_at=event.at,
            content=draft_codec.dump(new.draft),
            case_id=new.draft.routing.case_id if new.draft.routing else None,
        )
    )
    _write_proof(tx, seen.letter_id, number, new.proof)
    return version


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
    for one in made:
        tx.connection.execute(
            insert(corrections).values(
                letter_id=seen.letter_id,
                number=one.number,
                draft_number=seen.draft_number,
                batch=one.batch,
                author=one.author,
                at=one.at,
                content=correction_codec.dump(one.correction),
                undone=False,
            )
        )
    _write_proof(tx, seen.letter_id, seen.draft_number, proof)
    return version


def undo_corrections(
    tx: Writing,
    seen: StoredLetter,
    batch: int,
    proof: Proof,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """Mark one call's corrections as undone; they stay on record."""
    version = change_letter(tx, seen, changes, event=event)
    tx.connection.execute(
        update(corrections)
        .where(
            corrections.c.letter_id == seen.letter_id,
            corrections.c.draft_number == seen.draft_number,
            corrections.c.batch == batch,
        )
        .values(undone=True)
    )
    _write_proof(tx, seen.letter_id, seen.draft_number, proof)
    return version


def find_draft(connection: Connection, letter: StoredLetter) -> MachineDraft | None:
    """The current draft of a letter."""
    query = select(drafts.c.content).where(
        drafts.c.letter_id == letter.letter_id, drafts.c.number == letter.draft_number
    )
    content = connection.execute(query).scalar_one_or_none()
    return draft_codec.load(content) if content is not None else None


def find_proof(connection: Connection, letter: StoredLetter) -> Proof | None:
    """The current proof of a letter."""
    query = select(proofs.c.content).where(
        proofs.c.letter_id == letter.letter_id, proofs.c.draft_number == letter.draft_number
    )
    content = connection.execute(query).scalar_one_or_none()
    return proof_codec.load(content) if content is not None else None


def find_corrections(connection: Connection, letter: StoredLetter) -> tuple[MadeCorrection, ...]:
    """The corrections of the current draft that were not undone, in their order."""
    query = (
        select(corrections)
        .where(
            corrections.c.letter_id == letter.letter_id,
            corrections.c.draft_number == letter.draft_number,
            corrections.c.undone.is_(False),
        )
        .order_by(corrections.c.number)
    )
    return tuple(
        MadeCorrection(
            number=row.number,
            batch=row.batch,
            author=row.author,
            at=row.at,
            correction=correction_codec.load(row.content),
        )
        for row in connection.execute(query)
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


def _write_proof(tx: Writing, letter_id: str, draft_number: int, proof: Proof | None) -> None:
    tx.connection.execute(delete(proofs).where(proofs.c.letter_id == letter_id))
    if proof is not None:
        tx.connection.execute(
            insert(proofs).values(
                letter_id=letter_id,
                draft_number=draft_number,
                digest=proof.digest,
                content=proof_codec.dump(proof),
            )
        )
