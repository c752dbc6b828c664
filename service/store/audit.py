"""The append-only audit trail: appended in the transaction of the change, hash-chained."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from service.store.database import Writing
from service.store.schema import audit_events, audit_head
from service.workflow.audit import GENESIS, AuditAction, AuditEvent, ChainedEvent, event_hash
from service.workflow.errors import AuditBroken

#: Databases limit how many values a statement may carry.
_AT_ONCE = 500


def append_event(tx: Writing, *, event: AuditEvent) -> int:
    """Write the event at the end of the chain; returns its number."""
    head = tx.connection.execute(select(audit_head).with_for_update()).one()
    seq = int(head.seq) + 1
    chained = event_hash(seq, event, head.hash)
    tx.connection.execute(
        insert(audit_events).values(
            seq=seq,
            at=event.at,
            actor=event.actor,
            action=event.action.value,
            letter_id=event.letter_id,
            details=json.dumps(dict(event.details), sort_keys=True),
            previous_hash=head.hash,
            hash=chained,
        )
    )
    tx.connection.execute(update(audit_head).values(seq=seq, hash=chained))
    return seq


def append_first(tx: Writing, *, event: AuditEvent, within: timedelta) -> None:
    """Write the event unless the same one of the same person stands there not long before."""
    if not stands_already(tx.connection, event=event, within=within):
        append_event(tx, event=event)


def stands_already(connection: Connection, *, event: AuditEvent, within: timedelta) -> bool:
    """True when the same event of the same person stands there not long before."""
    earlier = (
        select(audit_events.c.seq)
        .where(
            audit_events.c.letter_id == event.letter_id,
            audit_events.c.actor == event.actor,
            audit_events.c.action == event.action.value,
            audit_events.c.at > event.at - within,
        )
        .limit(1)
    )
    return connection.execute(earlier).one_or_none() is not None


def audit_end(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last event, or `AuditBroken` when that is not said anywhere."""
    head = connection.execute(select(audit_head)).one_or_none()
    if head is None:
        message = "The audit trail does not say where it ends: its head was removed."
        raise AuditBroken(message)
    return int(head.seq), str(head.hash)


def hashes_at(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    """The hashes of the events with these numbers that there are."""
    wanted = list(numbers)
    found: dict[int, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(audit_events.c.seq, audit_events.c.hash).where(
            audit_events.c.seq.in_(wanted[start : start + _AT_ONCE])
        )
        found.update((row.seq, row.hash) for row in connection.execute(query))
    return found


def events_after(
    connection: Connection, *, seq: int = 0, limit: int = 1000
) -> tuple[ChainedEvent, ...]:
    """Events in the order they were written, for checking the chain."""
    query = (
        select(audit_events)
        .where(audit_events.c.seq > seq)
        .order_by(audit_events.c.seq)
        .limit(limit)
    )
    return tuple(chained(row) for row in connection.execute(query))


def events_between(
    connection: Connection,
    actions: Iterable[AuditAction],
    *,
    since: datetime,
    until: datetime,
) -> tuple[AuditEvent, ...]:
    """Events of these kinds in this time, in the order in which they were written."""
    query = (
        select(audit_events)
        .where(
            audit_events.c.action.in_([one.value for one in actions]),
            audit_events.c.at >= since,
            audit_events.c.at < until,
        )
        .order_by(audit_events.c.seq)
    )
    return tuple(chained(row).event for row in connection.execute(query))


def hash_before(events: tuple[ChainedEvent, ...]) -> str:
    """The hash the next event must name."""
    return events[-1].hash if events else GENESIS


def chained(row: Row[Any]) -> ChainedEvent:
    """The event of a row."""
    return ChainedEvent(
        seq=row.seq,
        event=AuditEvent(
            at=row.at,
            actor=row.actor,
            action=AuditAction(row.action),
            letter_id=row.letter_id,
            details=json.loads(row.details),
        ),
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
