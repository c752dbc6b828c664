"""
The daily purge: erasing what is due by the calendar, by one worker of all.

Contract: as `service.actions.erasing.erase_due`, in portions. A worker that is told to stop leaves
the rest to the next one; what was erased stays erased. Every run is an event of the trail.
"""

from collections.abc import Callable
from datetime import timedelta

from service.actions.desk import Desk
from service.actions.erasing import Purged, erase_due
from service.actions.tokens import event_of
from service.store.chores import (
    Chore,
    ChoreName,
    find_chore,
    finish_chore,
    note_chore,
    take_chore,
)
from service.store.workers import check_entered
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.people import SYSTEM, Permission, Person, check_may

_PORTION = 20


def purge_if_due(desk: Desk, worker_id: str, *, go_on: Callable[[], bool]) -> Purged | None:
    """
    Erase what is due; None when it is not time, somebody else does it, or `go_on` said no.

    `go_on` is asked before every portion. Raises `WorkerGone` for a worker that was struck off.
    """
    if not is_due(desk):
        return None
    every = timedelta(hours=desk.settings.purge_every_h)
    with desk.database.writing() as tx:
        check_entered(tx.connection, worker_id)
        if not take_chore(tx, ChoreName.PURGE, worker_id, every=every, now=desk.now()):
            return None
    purged = Purged()
    while go_on():
        with desk.database.writing() as tx:
            check_entered(tx.connection, worker_id)
        before = purged.count
        purged = erase_due(desk, at_most=_PORTION, after=purged)
        if purged.count - before < _PORTION:
            event = _event(desk, SYSTEM, purged)
            with desk.database.writing() as tx:
                finish_chore(tx, ChoreName.PURGE, worker_id, count=purged.count, event=event)
            return purged
    return None


def is_due(desk: Desk) -> bool:
    """True when a purge may be due; `purge_if_due` asks again in its transaction."""
    every = timedelta(hours=desk.settings.purge_every_h)
    if not every:
        return False
    with desk.database.reading() as connection:
        done_at = find_chore(connection, ChoreName.PURGE).done_at
    return done_at is None or not timedelta() <= desk.now() - done_at < every


def purge_now(desk: Desk, person: Person) -> Purged:
    """The same, by hand and at once."""
    check_may(person, Permission.KEEP_DATA)
    purged = erase_due(desk)
    with desk.database.writing() as tx:
        event = _event(desk, person, purged)
        note_chore(tx, ChoreName.PURGE, count=purged.count, event=event)
    return purged


def last_purge(desk: Desk) -> Chore:
    """When it was last done; no letter is named."""
    with desk.database.reading() as connection:
        return find_chore(connection, ChoreName.PURGE)


def _event(desk: Desk, person: Person, purged: Purged) -> AuditEvent:
    details = {"count": str(purged.count), "failed": str(len(purged.failed))}
    return event_of(desk, person, AuditAction.DATA_PURGED, **details)
