"""
Copies of what is held about one person of a case: who asked for one, and who agreed.

Contract: a row is never deleted and holds no word about the person; the copy itself is made when it
is fetched and kept nowhere.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from anonymizer.model import Side
from service.store.audit import append_event
from service.store.database import Writing
from service.store.house_tables import subject_copies
from service.workflow.audit import AuditEvent
from service.workflow.errors import IllegalTransition, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectCopy:
    """One request: proposed, then confirmed by another person or withdrawn."""

    copy_id: str
    case_id: str
    side: Side
    proposed_at: datetime
    proposed_by: str
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    @property
    def open(self) -> bool:
        """True while a second person has neither confirmed nor withdrawn it."""
        return self.confirmed_at is None and self.withdrawn_at is None


def insert_copy(tx: Writing, one: SubjectCopy, *, event: AuditEvent) -> None:
    """Keep a request."""
    values = {name: getattr(one, name) for name in SubjectCopy.__slots__}
    tx.connection.execute(insert(subject_copies).values(**{**values, "side": one.side.value}))
    append_event(tx, event=event)


def confirm_copy(tx: Writing, copy_id: str, *, event: AuditEvent) -> None:
    """The second person's yes, or `IllegalTransition` when the request is no longer open."""
    _close(tx, copy_id, {"confirmed_at": event.at, "confirmed_by": event.actor}, event=event)


def withdraw_copy(tx: Writing, copy_id: str, *, event: AuditEvent) -> None:
    """A no, or `IllegalTransition` when the request is no longer open."""
    _close(tx, copy_id, {"withdrawn_at": event.at, "withdrawn_by": event.actor}, event=event)


def find_copy(connection: Connection, case_id: str, copy_id: str) -> SubjectCopy:
    """The request with this id for this case, or `NotFound`."""
    found = (one for one in copies_of(connection, case_id) if one.copy_id == copy_id)
    one = next(found, None)
    if one is None:
        raise NotFound
    return one


def copies_of(connection: Connection, case_id: str) -> tuple[SubjectCopy, ...]:
    """Every request of a case, the newest first."""
    query = (
        select(subject_copies)
        .where(subject_copies.c.case_id == case_id)
        .order_by(subject_copies.c.proposed_at.desc(), subject_copies.c.copy_id)
    )
    return tuple(
        SubjectCopy(**{**row._mapping, "side": Side(row.side)})  # noqa: SLF001 - see letters.py
        for row in connection.execute(query)
    )


def _close(tx: Writing, copy_id: str, values: dict[str, Any], *, event: AuditEvent) -> None:
    done = tx.connection.execute(
        update(subject_copies)
        .where(
            subject_copies.c.copy_id == copy_id,
            subject_copies.c.confirmed_at.is_(None),
            subject_copies.c.withdrawn_at.is_(None),
        )
        .values(**values)
    )
    if done.rowcount != 1:
        message = "This request was confirmed or withdrawn already."
        raise IllegalTransition(message)
    append_event(tx, event=event)
