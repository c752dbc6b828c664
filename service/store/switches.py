"""
Switches of the whole service that outlive a restart: the pause of dispatch.

Contract: the pause stands in the database, so one command stops every worker on every machine; a
worker reads it in the transaction in which it takes a letter, and again before it connects.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from service.store.audit import append_event
from service.store.database import Writing
from service.store.house_tables import switches
from service.workflow.audit import AuditEvent
from service.workflow.switches import PauseReason

_DISPATCH_PAUSED = "dispatch_paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchPause:
    """Since when nothing leaves, because of whom, and why."""

    since: datetime
    by: str
    reason: PauseReason


def is_dispatch_paused(connection: Connection) -> bool:
    """True while no letter may leave."""
    return find_dispatch_pause(connection) is not None


def find_dispatch_pause(connection: Connection) -> DispatchPause | None:
    """The pause that holds, or None while letters may leave."""
    query = select(switches).where(switches.c.name == _DISPATCH_PAUSED)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return DispatchPause(since=row.since, by=row.by, reason=PauseReason(row.reason))


def pause_dispatch(tx: Writing, reason: PauseReason, *, event: AuditEvent) -> None:
    """Nothing leaves from now on. A pause that holds already takes the new reason."""
    values = {"since": event.at, "by": event.actor, "reason": reason.value}
    done = tx.connection.execute(
        update(switches).where(switches.c.name == _DISPATCH_PAUSED).values(**values)
    )
    if done.rowcount == 0:
        tx.connection.execute(insert(switches).values(name=_DISPATCH_PAUSED, **values))
    append_event(tx, event=event)


def resume_dispatch(tx: Writing, *, event: AuditEvent) -> None:
    """Letters may leave again."""
    tx.connection.execute(delete(switches).where(switches.c.name == _DISPATCH_PAUSED))
    append_event(tx, event=event)
