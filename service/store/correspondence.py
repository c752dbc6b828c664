"""
The letters of a case, and letters that wait too long.

Contract: rows without text. A letter belongs to the case that a person allocated it to, else to
the case of its current draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Join,
    Select,
    and_,
    func,
    or_,
    select,
    union,
    update,
)

from anonymizer.model import Direction
from service.store.audit import append_event
from service.store.database import Writing
from service.store.letters import StoredLetter, find_letter
from service.store.schema import dispatches, drafts, letters
from service.workflow.audit import AuditEvent
from service.workflow.errors import IllegalTransition
from service.workflow.states import LetterState
from service.workflow.waiting import KEPT_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLetter:
    """A letter that has been in its state for long."""

    letter_id: str
    state: LetterState
    changed_at: datetime
    direction: Direction | None
    case_id: str | None


def letters_of_case(connection: Connection, case_id: str) -> tuple[StoredLetter, ...]:
    """Letters of both sides, the oldest first."""
    found = [find_letter(connection, letter_id) for letter_id in ids_of_case(connection, case_id)]
    return tuple(sorted(found, key=lambda one: (one.received_at, one.letter_id)))


def ids_of_case(connection: Connection, case_id: str, *, limit: int | None = None) -> list[str]:
    """The ids of the letters of both sides, the latest first."""
    by_hand = select(letters.c.letter_id).where(letters.c.case_id == case_id)
    by_number = (
        select(letters.c.letter_id)
        .join(drafts, _current_draft())
        .where(drafts.c.case_id == case_id, letters.c.case_id.is_(None))
    )
    # two searches, each with its index: a search for one or the other would read every letter
    both = union(by_hand, by_number).subquery()
    query = (
        select(letters.c.letter_id)
        .join(both, both.c.letter_id == letters.c.letter_id)
        .order_by(letters.c.received_at.desc(), letters.c.letter_id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def cases_of_letters(*where: ColumnElement[bool]) -> Select[Any]:
    """The cases of the letters for which this holds, as a part of a query about cases."""
    return select(_case()).select_from(_with_drafts()).where(*where)


def case_of_letter(connection: Connection, letter_id: str) -> str | None:
    """The case that a letter belongs to, or None."""
    query = select(_case()).select_from(_with_drafts()).where(letters.c.letter_id == letter_id)
    return connection.execute(query).scalar_one_or_none()


def receipts_of(connection: Connection, letter_ids: list[str]) -> dict[str, datetime]:
    """When the recipient confirmed these letters, where that was noted."""
    query = select(dispatches.c.letter_id, dispatches.c.receipt_at).where(
        dispatches.c.letter_id.in_(letter_ids), dispatches.c.receipt_at.is_not(None)
    )
    return {row.letter_id: row.receipt_at for row in connection.execute(query)}


def find_late(
    connection: Connection, since: Mapping[LetterState, datetime], *, limit: int
) -> tuple[LateLetter, ...]:
    """Letters that were last changed before the moment of their state, the oldest first."""
    return _rows(connection, _late(since), limit)


def find_kept(connection: Connection, *, limit: int) -> tuple[LateLetter, ...]:
    """Letters that are kept because their reader wants none, the oldest first."""
    return _rows(connection, _kept(), limit)


def count_late(connection: Connection, since: Mapping[LetterState, datetime]) -> int:
    """How many letters `find_late` would find without a limit."""
    query = select(func.count()).select_from(letters).where(_late(since))
    return int(connection.execute(query).scalar_one())


def note_receipt(tx: Writing, letter_id: str, *, person_id: str, event: AuditEvent) -> None:
    """The recipient has confirmed a sent letter, or `IllegalTransition` where none was sent."""
    done = tx.connection.execute(
        update(dispatches)
        .where(
            dispatches.c.letter_id == letter_id,
            dispatches.c.done_at.is_not(None),
            dispatches.c.receipt_at.is_(None),
        )
        .values(receipt_at=event.at, receipt_by=person_id)
    )
    if done.rowcount == 0:
        message = "No sent letter waits for a receipt here."
        raise IllegalTransition(message)
    append_event(tx, event=event)


def _rows(connection: Connection, which: ColumnElement[bool], limit: int) -> tuple[LateLetter, ...]:
    query = (
        select(
            letters.c.letter_id,
            letters.c.state,
            letters.c.changed_at,
            letters.c.direction,
            _case().label("case_id"),
        )
        .select_from(_with_drafts())
        .where(which)
        .order_by(letters.c.changed_at, letters.c.letter_id)
        .limit(limit)
    )
    return tuple(
        LateLetter(
            letter_id=row.letter_id,
            state=LetterState(row.state),
            changed_at=row.changed_at,
            direction=Direction(row.direction) if row.direction else None,
            case_id=row.case_id,
        )
        for row in connection.execute(query)
    )


def _kept() -> ColumnElement[bool]:
    # inside a sentence a quotation mark is escaped: only a code can look like this
    held_for = letters.c.holds.contains(f'"code":"{KEPT_FOR.value}"', autoescape=True)
    return and_(letters.c.state == LetterState.HELD_EXCHANGE.value, held_for)


def _with_drafts() -> Join:
    return letters.outerjoin(drafts, _current_draft())


def _current_draft() -> ColumnElement[bool]:
    return and_(
        drafts.c.letter_id == letters.c.letter_id, drafts.c.number == letters.c.draft_number
    )


def _case() -> ColumnElement[str | None]:
    return func.coalesce(letters.c.case_id, drafts.c.case_id)


def _late(since: Mapping[LetterState, datetime]) -> ColumnElement[bool]:
    confirmed = (
        select(dispatches.c.dispatch_id)
        .where(
            dispatches.c.letter_id == letters.c.letter_id,
            dispatches.c.receipt_at.is_not(None),
        )
        .exists()
    )
    stays = [
        and_(letters.c.state == state.value, letters.c.changed_at < moment)
        for state, moment in since.items()
    ]
    return and_(
        or_(*stays),
        or_(letters.c.state != LetterState.DISPATCHED.value, ~confirmed),
        ~_kept(),
    )
