"""Approvals and dispatches: what a person decided, and what left because of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, func, insert, select, update

from anonymizer.model import Direction, OutgoingFormat
from service.store.codec import pictures_codec, proof_codec
from service.store.database import Writing
from service.store.datakeys import (
    Envelope,
    case_owner,
    envelopes,
    letter_envelope,
    letter_owner,
    made_envelope,
)
from service.store.letters import StoredLetter, change_letter
from service.store.schema import approvals, clinics, dispatches, letters, proofs
from service.workflow.audit import AuditEvent
from service.workflow.errors import NotFound
from service.workflow.records import Approval, Proof
from service.workflow.states import LetterState

_APPROVED = (LetterState.APPROVED, LetterState.DISPATCHED, LetterState.DISPATCH_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One letter on its way to one recipient; the id stays the same over every attempt."""

    dispatch_id: str
    letter_id: str
    approval: Approval
    made_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedLetter:
    """A letter whose outgoing text the other side gets, with the proof that was approved."""

    letter_id: str
    received_at: datetime
    approved_at: datetime
    text: str = field(repr=False)
    proof: Proof = field(repr=False)


def save_approval(
    tx: Writing,
    seen: StoredLetter,
    approval: Approval,
    dispatch_id: str,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """The decision, the state and the order to dispatch: one transaction."""
    version = change_letter(tx, seen, changes, event=event)
    of_letter = letter_envelope(tx.connection, seen.letter_id)
    of_case = made_envelope(tx.connection, case_owner(approval.case_id))
    record = approval.approval_id
    tx.connection.execute(
        insert(approvals).values(
            approval_id=approval.approval_id,
            letter_id=approval.letter_id,
            digest=approval.digest,
            text=of_letter.seal(approvals.c.text, record, approval.text),
            case_id=approval.case_id,
            donor_number=of_case.seal(approvals.c.donor_number, record, approval.donor_number),
            recipient_id=approval.recipient_id,
            direction=approval.direction.value,
            person_id=approval.person_id,
            approved_at=event.at,
            rules_digest=approval.rules_digest,
            pictures=pictures_codec.dump(approval.pictures),
            form=approval.form.value if approval.form else None,
            endpoint_version=approval.endpoint_version,
            endpoint_digest=approval.endpoint_digest,
            first_reader_id=approval.first_reader_id,
            second_reader_id=approval.second_reader_id,
        )
    )
    tx.connection.execute(
        insert(dispatches).values(
            dispatch_id=dispatch_id,
            letter_id=approval.letter_id,
            approval_id=approval.approval_id,
            made_at=event.at,
        )
    )
    return version


def finish_dispatch(
    tx: Writing,
    seen: StoredLetter,
    dispatch_id: str,
    changes: Mapping[str, Any],
    *,
    event: AuditEvent,
) -> int:
    """The letter is with its recipient."""
    version = change_letter(tx, seen, changes, event=event)
    tx.connection.execute(
        update(dispatches).where(dispatches.c.dispatch_id == dispatch_id).values(done_at=event.at)
    )
    return version


def recipients_of_letters(
    connection: Connection, letter_ids: Iterable[str]
) -> dict[str, tuple[str, str | None]]:
    """Of each approved letter the recipient of its newest approval: the id and a clinic's name."""
    query = (
        select(approvals.c.letter_id, approvals.c.recipient_id, clinics.c.clinic_name)
        .outerjoin(clinics, clinics.c.clinic_id == approvals.c.recipient_id)
        .where(approvals.c.letter_id.in_(list(letter_ids)))
        .order_by(approvals.c.approved_at)
    )
    return {row.letter_id: (row.recipient_id, row.clinic_name) for row in connection.execute(query)}


def find_dispatch(connection: Connection, letter_id: str) -> Dispatch:
    """The newest dispatch of a letter with its approval, or `NotFound`."""
    query = (
        select(dispatches, approvals)
        .join(approvals, approvals.c.approval_id == dispatches.c.approval_id)
        .where(dispatches.c.letter_id == letter_id)
        .order_by(approvals.c.approved_at.desc())
        .limit(1)
        .with_only_columns(
            dispatches.c.dispatch_id,
            dispatches.c.made_at,
            dispatches.c.done_at,
            *approvals.c,
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        message = "This letter was not approved."
        raise NotFound(message)
    return Dispatch(
        dispatch_id=row.dispatch_id,
        letter_id=row.letter_id,
        approval=_approval(connection, row),
        made_at=row.made_at,
        done_at=row.done_at,
    )


def _approval(connection: Connection, row: Row[Any]) -> Approval:
    of_letter, of_case = letter_owner(row.letter_id), case_owner(row.case_id)
    keys = envelopes(connection, [of_letter, of_case])
    # emptied with an erased case of this id; the key is that of the case which came again
    key_of_case = keys[of_case] if row.donor_number.data else None
    return Approval(
        approval_id=row.approval_id,
        letter_id=row.letter_id,
        digest=row.digest,
        text=_opened(keys[of_letter], approvals.c.text, row),
        case_id=row.case_id,
        donor_number=_opened(key_of_case, approvals.c.donor_number, row),
        recipient_id=row.recipient_id,
        direction=Direction(row.direction),
        person_id=row.person_id,
        rules_digest=row.rules_digest,
        pictures=pictures_codec.load(row.pictures),
        form=OutgoingFormat(row.form) if row.form else None,
        endpoint_version=row.endpoint_version,
        endpoint_digest=row.endpoint_digest,
        first_reader_id=row.first_reader_id,
        second_reader_id=row.second_reader_id,
    )


def _opened(envelope: Envelope | None, column: "Column[Any]", row: Row[Any]) -> str:
    """A column of an approval; nothing of it once its key was destroyed."""
    sealed = row._mapping[column.name]  # noqa: SLF001 - see letters.py
    return envelope.open(column, row.approval_id, sealed) if envelope else ""


def count_approvals(connection: Connection, letter_id: str) -> int:
    """How often a letter was approved."""
    query = select(func.count()).where(approvals.c.letter_id == letter_id)
    return int(connection.execute(query).scalar_one())


def count_under_way(
    connection: Connection, letter_id: str, *, case_id: str, direction: Direction
) -> int:
    """How many other letters of the case are just being dispatched the same way."""
    query = (
        select(func.count(letters.c.letter_id.distinct()))
        .join(approvals, approvals.c.letter_id == letters.c.letter_id)
        .where(
            approvals.c.case_id == case_id,
            approvals.c.direction == direction.value,
            letters.c.letter_id != letter_id,
            letters.c.state == LetterState.APPROVED.value,
            letters.c.worker_id.is_not(None),
        )
    )
    return int(connection.execute(query).scalar_one())


def find_earlier_approved(
    connection: Connection, letter_id: str, *, case_id: str, direction: Direction
) -> tuple[ApprovedLetter, ...]:
    """
    What went the same way in the same case before this letter, in the order of approval.

    A letter that is approved itself has before it what was approved before; any other letter all.
    """
    query = (
        select(
            letters.c.letter_id,
            letters.c.received_at,
            letters.c.text,
            approvals.c.approved_at,
            proofs.c.content,
        )
        .join(approvals, approvals.c.letter_id == letters.c.letter_id)
        .join(proofs, proofs.c.letter_id == letters.c.letter_id)
        .where(
            approvals.c.case_id == case_id,
            approvals.c.direction == direction.value,
            # a letter that came back and was changed since is another text
            proofs.c.digest == approvals.c.digest,
            letters.c.state.in_([state.value for state in _APPROVED]),
        )
        .order_by(approvals.c.approved_at, letters.c.letter_id)
    )
    rows: dict[str, Any] = {row.letter_id: row for row in connection.execute(query)}
    own = rows.pop(letter_id, None)
    earlier = [row for row in rows.values() if own is None or row.approved_at < own.approved_at]
    keys = envelopes(connection, [letter_owner(row.letter_id) for row in earlier])
    return tuple(
        _approved(row, envelope)
        for row in earlier
        # what was erased can tell nothing any more
        if (envelope := keys[letter_owner(row.letter_id)]) is not None
    )


def _approved(row: Row[Any], envelope: Envelope) -> ApprovedLetter:
    text = "" if row.text is None else envelope.open(letters.c.text, row.letter_id, row.text)
    proof = proof_codec.load(envelope.open(proofs.c.content, row.letter_id, row.content))
    return ApprovedLetter(
        letter_id=row.letter_id,
        received_at=row.received_at,
        approved_at=row.approved_at,
        text=text,
        proof=proof,
    )
