"""What left: to whom, when, and whether it arrived or came back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from anonymizer.model import Hold
from service.store.database import Writing
from service.store.letters import StoredLetter, change_letter
from service.store.schema import approvals, dispatches
from service.workflow.audit import AuditEvent
from service.workflow.errors import NotFound
from service.workflow.states import LetterState


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLetter:
    """What left, to whom and when; no word of it."""

    dispatch_id: str
    letter_id: str
    recipient_id: str
    digest: str
    endpoint_version: int
    done_at: datetime | None
    receipt_at: datetime | None
    bounced_at: datetime | None


def find_sent(connection: Connection, dispatch_id: str) -> SentLetter:
    """The dispatch with this id, or `NotFound`."""
    row = connection.execute(_sent().where(dispatches.c.dispatch_id == dispatch_id)).one_or_none()
    if row is None:
        raise NotFound
    return _letter(row)


def sent_between(
    connection: Connection, since: datetime, until: datetime
) -> tuple[SentLetter, ...]:
    """What left between these moments, in order."""
    query = (
        _sent()
        .where(dispatches.c.done_at >= since, dispatches.c.done_at < until)
        .order_by(dispatches.c.done_at, dispatches.c.dispatch_id)
    )
    return tuple(map(_letter, connection.execute(query)))


def note_bounce(
    tx: Writing, seen: StoredLetter, dispatch_id: str, hold: Hold, *, event: AuditEvent
) -> None:
    """The letter came back: it was not passed on, and a person decides what to do."""
    changes = {"state": LetterState.DISPATCH_FAILED, "holds": (hold,), "attempts": 0}
    change_letter(tx, seen, changes, event=event)
    tx.connection.execute(
        update(dispatches)
        .where(dispatches.c.dispatch_id == dispatch_id)
        .values(bounced_at=event.at, done_at=None)
    )


def _sent() -> Select[Any]:
    return select(
        dispatches.c.dispatch_id,
        dispatches.c.letter_id,
        approvals.c.recipient_id,
        approvals.c.digest,
        approvals.c.endpoint_version,
        dispatches.c.done_at,
        dispatches.c.receipt_at,
        dispatches.c.bounced_at,
    ).join(approvals, approvals.c.approval_id == dispatches.c.approval_id)


def _letter(row: Row[Any]) -> SentLetter:
    return SentLetter(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public way despite the underscore
