"""
Erasing: parts of letters and whole cases, by destroying keys and the rows that they sealed.

Contract: what is erased cannot be read again, not even with the master keys: the data key is
destroyed, and what stays of the letter is sealed anew under another one. Rows of the audit trail,
states, times and digests stay. Erasing the same part twice is erasing it once.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update

from service.store.audit import append_event
from service.store.codec import circumstances_codec, proof_codec
from service.store.database import Writing
from service.store.datakeys import (
    Envelope,
    case_owner,
    destroy_keys,
    known_owner,
    letter_envelope,
    letter_owner,
    replace_key,
)
from service.store.drafts import find_proof
from service.store.identity_tables import identity_views
from service.store.letters import StoredLetter, change_letter, find_content, find_letter
from service.store.reading_tables import letter_notes, second_readings
from service.store.schema import (
    approvals,
    cases,
    contact_releases,
    corrections,
    dispatches,
    drafts,
    earlier_texts,
    legal_holds,
    letters,
    notices,
    outgoing_pictures,
    page_images,
    proofs,
    readings,
)
from service.vault.sealing import Sealed
from service.workflow.audit import AuditEvent
from service.workflow.errors import IllegalTransition
from service.workflow.retention import (
    PARTS,
    DueLetter,
    Part,
    passed_on_only,
    reaches,
    without_originals,
)
from service.workflow.states import LetterState

_NOTHING = Sealed(b"")
#: Sealed under the letter's key and kept when the original goes: they are sealed anew.
STAYS: tuple[tuple[Table, tuple[str, ...], tuple[str, ...]], ...] = (
    (letters, ("letter_id",), ("summary", "allocation_reason", "state_reason")),
    (approvals, ("approval_id",), ("text",)),
    (notices, ("notice_id",), ("text",)),
    (outgoing_pictures, ("letter_id", "number"), ("words", "content")),
)
ORIGINALS = (earlier_texts, readings, page_images, letter_notes)
FINDINGS = (drafts, corrections, second_readings)


def due_letters(
    connection: Connection, part: Part, before: datetime, *, limit: int
) -> tuple[DueLetter, ...]:
    """Letters that left before this moment and still have this part, the oldest first."""
    sent_at = func.max(dispatches.c.done_at)
    done = [one.value for one in PARTS if reaches(one.value, part)]
    query = (
        select(letters.c.letter_id, sent_at)
        .join(dispatches, dispatches.c.letter_id == letters.c.letter_id)
        .where(
            letters.c.state == LetterState.DISPATCHED.value,
            letters.c.erased.is_(None) | letters.c.erased.not_in(done),
            ~_case_is_kept(),
        )
        .group_by(letters.c.letter_id)
        .having(sent_at < before)
        .order_by(sent_at, letters.c.letter_id)
        .limit(limit)
    )
    return tuple(
        DueLetter(letter_id=letter_id, part=part, sent_at=at)
        for letter_id, at in connection.execute(query)
    )


def is_kept(connection: Connection, letter_id: str) -> bool:
    """True while the case that the letter goes by is kept from erasure."""
    query = select(func.count()).select_from(letters)
    found = connection.execute(query.where(letters.c.letter_id == letter_id, _case_is_kept()))
    return bool(found.scalar_one())


def letters_of_erased_case(connection: Connection, case_id: str) -> tuple[StoredLetter, ...]:
    """Every letter that was ever drafted for, allocated to or approved in the case."""
    by_draft = select(drafts.c.letter_id).where(drafts.c.case_id == case_id)
    by_approval = select(approvals.c.letter_id).where(approvals.c.case_id == case_id)
    by_hand = select(letters.c.letter_id).where(letters.c.case_id == case_id)
    ids = connection.execute(by_draft.union(by_approval, by_hand)).scalars().all()
    return tuple(find_letter(connection, letter_id) for letter_id in sorted(ids))


def erase_part(tx: Writing, seen: StoredLetter, part: Part, *, event: AuditEvent) -> None:
    """Erase this part of a letter and all parts before it; the letter stays in its state."""
    if reaches(seen.erased, part):
        return
    changes: dict[str, Any] = {"erased": part.value}
    if seen.case_id is None:
        # where the letter belonged outlives its drafts
        changes["case_id"] = _case_of_drafts(tx.connection, seen)
    change_letter(tx, seen, changes, event=event)
    destroy_keys(tx, [known_owner(seen.letter_id)], event.at)
    tx.connection.execute(
        update(drafts).where(drafts.c.letter_id == seen.letter_id).values(routing=None)
    )
    if reaches(part.value, Part.FINDINGS):
        _delete(tx, seen, FINDINGS)
    if part is Part.ORIGINAL:
        _erase_original(tx, seen)
    if part is Part.EVERYTHING:
        _erase_everything(tx, seen, event.at)


def erase_case_row(tx: Writing, case_id: str, *, event: AuditEvent, again: bool = False) -> None:
    """
    Take a case out of the register and destroy its key.

    After a restore it is erased `again`: then a hold that was lifted meanwhile goes with it.
    """
    if again:
        tx.connection.execute(delete(legal_holds).where(legal_holds.c.case_id == case_id))
    if case_id in kept_cases(tx.connection):
        message = "This case is kept: nothing of it may be erased."
        raise IllegalTransition(message)
    destroy_keys(tx, [case_owner(case_id)], event.at)
    tx.connection.execute(delete(cases).where(cases.c.case_id == case_id))
    # a case of the same id may come again, with another key
    tx.connection.execute(
        update(identity_views).where(identity_views.c.case_id == case_id).values(words=None)
    )
    for table, column in ((approvals, "donor_number"), (contact_releases, "reason")):
        tx.connection.execute(
            update(table).where(table.c.case_id == case_id).values({column: _NOTHING})
        )
    append_event(tx, event=event)


def keep_case(tx: Writing, case_id: str, *, event: AuditEvent) -> None:
    """From now on nothing of the case is erased."""
    if case_id not in kept_cases(tx.connection):
        tx.connection.execute(
            insert(legal_holds).values(case_id=case_id, since=event.at, by=event.actor)
        )
    append_event(tx, event=event)


def stop_keeping_case(tx: Writing, case_id: str, *, event: AuditEvent) -> None:
    """The case is erased in its time again, or `IllegalTransition` when it was not kept."""
    done = tx.connection.execute(delete(legal_holds).where(legal_holds.c.case_id == case_id))
    if done.rowcount == 0:
        message = "This case is not kept."
        raise IllegalTransition(message)
    append_event(tx, event=event)


def kept_cases(connection: Connection) -> dict[str, datetime]:
    """The cases that are kept, and since when."""
    query = select(legal_holds.c.case_id, legal_holds.c.since).order_by(legal_holds.c.since)
    return {row.case_id: row.since for row in connection.execute(query)}


def _case_is_kept() -> ColumnElement[bool]:
    """Of the letter of the query around it: by hand, by a draft, or by an approval."""
    kept = select(legal_holds.c.case_id).scalar_subquery()
    by_approval = select(approvals.c.approval_id).where(
        approvals.c.letter_id == letters.c.letter_id, approvals.c.case_id.in_(kept)
    )
    by_draft = select(drafts.c.number).where(
        drafts.c.letter_id == letters.c.letter_id, drafts.c.case_id.in_(kept)
    )
    by_hand = func.coalesce(letters.c.case_id, "").in_(kept)
    return by_hand | by_approval.exists() | by_draft.exists()


def _case_of_drafts(connection: Connection, seen: StoredLetter) -> str | None:
    query = (
        select(drafts.c.case_id)
        .where(drafts.c.letter_id == seen.letter_id)
        .order_by(drafts.c.number.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def _delete(tx: Writing, seen: StoredLetter, tables: tuple[Table, ...]) -> None:
    for table in tables:
        tx.connection.execute(delete(table).where(table.c.letter_id == seen.letter_id))


def _erase_original(tx: Writing, seen: StoredLetter) -> None:
    """What stays is sealed under a new key, so that the old one can be destroyed."""
    letter_id = seen.letter_id
    proof, content = find_proof(tx.connection, seen), find_content(tx.connection, letter_id)
    before = letter_envelope(tx.connection, letter_id)
    after = replace_key(tx.connection, letter_owner(letter_id))
    _delete(tx, seen, ORIGINALS)
    for table, keys, columns in STAYS:
        _seal_anew(tx, seen, (table, keys, columns), before, after)
    told = passed_on_only(content.text, proof) if content.text and proof else None
    said = replace(seen.circumstances, known_identifiers=())
    tx.connection.execute(
        update(letters)
        .where(letters.c.letter_id == letter_id)
        .values(
            content=after.seal_bytes(letters.c.content, letter_id, b""),
            text=None if told is None else after.seal(letters.c.text, letter_id, told),
            circumstances=after.seal(
                letters.c.circumstances, letter_id, circumstances_codec.dump(said)
            ),
            cover_number=None,
        )
    )
    tx.connection.execute(delete(proofs).where(proofs.c.letter_id == letter_id))
    if proof is not None:
        sealed = after.seal(proofs.c.content, letter_id, proof_codec.dump(without_originals(proof)))
        tx.connection.execute(
            insert(proofs).values(
                letter_id=letter_id,
                draft_number=seen.draft_number,
                digest=proof.digest,
                content=sealed,
            )
        )


def _seal_anew(
    tx: Writing,
    seen: StoredLetter,
    what: tuple[Table, tuple[str, ...], tuple[str, ...]],
    before: Envelope,
    after: Envelope,
) -> None:
    table, keys, columns = what
    rows = tx.connection.execute(select(table).where(table.c.letter_id == seen.letter_id)).all()
    for row in rows:
        values = row._mapping  # noqa: SLF001 - see letters.py
        record = "/".join(str(values[key]) for key in keys)
        changed = {
            name: after.seal_bytes(
                table.c[name], record, before.open_bytes(table.c[name], record, values[name])
            )
            for name in columns
            if values[name] is not None
        }
        this = [table.c[key] == values[key] for key in keys]
        tx.connection.execute(update(table).where(*this).values(changed))


def _erase_everything(tx: Writing, seen: StoredLetter, at: datetime) -> None:
    letter_id = seen.letter_id
    destroy_keys(tx, [letter_owner(letter_id), known_owner(letter_id)], at)
    _delete(tx, seen, (*ORIGINALS, *FINDINGS, proofs, outgoing_pictures))
    tx.connection.execute(
        update(letters)
        .where(letters.c.letter_id == letter_id)
        .values(
            content=_NOTHING,
            circumstances=_NOTHING,
            summary=_NOTHING,
            text=None,
            text_digest=None,
            cover_number=None,
            allocation_reason=None,
            state_reason=None,
            language=None,
            writer_country=None,
            reader_country=None,
        )
    )
    for table in (approvals, notices):
        tx.connection.execute(
            update(table).where(table.c.letter_id == letter_id).values(text=_NOTHING)
        )
