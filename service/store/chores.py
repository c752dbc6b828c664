"""
Work that is done every day by one worker of all: who has it in hand, and when it was last done.

Contract: no clock says whether somebody has it in hand, the beat of that worker does. What a worker
began that is gone is taken up by the next one; the clock only says when it is due again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.store.audit import append_event
from service.store.database import Writing
from service.store.house_tables import chores
from service.store.schema import workers
from service.workflow.audit import AuditEvent
from service.workflow.errors import WorkerGone


class ChoreName(StrEnum):
    """What is done every day."""

    PURGE = "purge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Who has it in hand since when, and when it was last done to how many."""

    name: str
    worker_id: str | None = None
    begun_at: datetime | None = None
    done_at: datetime | None = None
    count: int = 0


def find_chore(connection: Connection, name: ChoreName) -> Chore:
    """How the work stands; one that was never done has no times."""
    row = connection.execute(select(chores).where(chores.c.name == name.value)).one_or_none()
    return Chore(**row._mapping) if row else Chore(name=name.value)  # noqa: SLF001 - see letters.py


def take_chore(
    tx: Writing, name: ChoreName, worker_id: str, *, every: timedelta, now: datetime
) -> bool:
    """Take the work in hand; False when it is not due, or a worker that lives has it."""
    seen = _made(tx, name)
    if seen is None or (seen.worker_id != worker_id and _lives(tx.connection, seen.worker_id)):
        return False
    # a clock that was set back must not put it off for long
    if seen.done_at is not None and timedelta() <= now - seen.done_at < every:
        return False
    done = tx.connection.execute(
        update(chores)
        .where(
            chores.c.name == name.value,
            chores.c.worker_id.is_not_distinct_from(seen.worker_id),
            chores.c.begun_at.is_not_distinct_from(seen.begun_at),
        )
        .values(worker_id=worker_id, begun_at=now)
    )
    return done.rowcount == 1


def finish_chore(
    tx: Writing, name: ChoreName, worker_id: str, *, count: int, event: AuditEvent
) -> None:
    """It is done, or `WorkerGone` when it was taken from this worker meanwhile."""
    done = tx.connection.execute(
        update(chores)
        .where(chores.c.name == name.value, chores.c.worker_id == worker_id)
        .values(worker_id=None, done_at=event.at, count=count)
    )
    if done.rowcount != 1:
        raise WorkerGone
    append_event(tx, event=event)


def note_chore(tx: Writing, name: ChoreName, *, count: int, event: AuditEvent) -> None:
    """Somebody did it by hand."""
    _made(tx, name)
    tx.connection.execute(
        update(chores).where(chores.c.name == name.value).values(done_at=event.at, count=count)
    )
    append_event(tx, event=event)


def _made(tx: Writing, name: ChoreName) -> Chore | None:
    """The row of the work, made when it is not there; None when another one is just making it."""
    query = select(chores).where(chores.c.name == name.value).with_for_update()
    row = tx.connection.execute(query).one_or_none()
    if row is not None:
        return Chore(**row._mapping)  # noqa: SLF001 - see letters.py
    try:
        with tx.connection.begin_nested():
            tx.connection.execute(insert(chores).values(name=name.value, count=0))
    except IntegrityError:
        return None
    return Chore(name=name.value)


def _lives(connection: Connection, worker_id: str | None) -> bool:
    query = select(workers.c.worker_id).where(workers.c.worker_id == worker_id)
    return worker_id is not None and connection.execute(query).one_or_none() is not None
