"""
Status words on their way to registry clients: the outbox of the webhooks.

Contract: a word is queued in the transaction that changes the letter. Words about one letter are
delivered in their order; a delivery is leased, so that two workers do not send it at once.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from service.store.access_tables import webhook_deliveries as rows
from service.store.audit import append_event
from service.store.database import Writing
from service.workflow.audit import AuditEvent
from service.workflow.errors import NotFound
from service.workflow.writer_status import WriterStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDelivery:
    """One word for one client about one letter. `failure` is a code of ours."""

    delivery_id: str
    seq: int
    client: str
    letter_id: str
    status: WriterStatus
    made_at: datetime
    attempts: int
    next_try_at: datetime
    lease_until: datetime | None = None
    done_at: datetime | None = None
    dead_at: datetime | None = None
    failure: str | None = None


_OPEN = and_(rows.c.done_at.is_(None), rows.c.dead_at.is_(None))


def queue_status(
    tx: Writing,
    *,
    client: str,
    letter_id: str,
    status: WriterStatus,
    now: datetime,
) -> None:
    """Put a word into the outbox, behind the earlier ones about the letter. Part of a change."""
    earlier = select(func.count()).select_from(rows).where(rows.c.letter_id == letter_id)
    seq = int(tx.connection.execute(earlier).scalar_one()) + 1
    tx.connection.execute(
        insert(rows).values(
            delivery_id=uuid.uuid4().hex,
            seq=seq,
            client=client,
            letter_id=letter_id,
            status=status.value,
            made_at=now,
            attempts=0,
            next_try_at=now,
        )
    )


def take_delivery(
    tx: Writing, clients: Iterable[str], *, now: datetime, lease: timedelta
) -> StoredDelivery | None:
    """The next word that is due for one of these clients, leased to the caller."""
    before = rows.alias("before")
    blocked = select(before.c.delivery_id).where(
        before.c.letter_id == rows.c.letter_id,
        before.c.seq < rows.c.seq,
        before.c.done_at.is_(None),
        before.c.dead_at.is_(None),
    )
    # what was queued since a client was found away waits with the rest
    other = rows.alias("other")
    resting = select(other.c.delivery_id).where(
        other.c.client == rows.c.client,
        other.c.next_try_at > now,
        other.c.done_at.is_(None),
        other.c.dead_at.is_(None),
    )
    query = (
        select(rows)
        .where(rows.c.client.in_(tuple(clients)), _OPEN, rows.c.next_try_at <= now)
        .where(~resting.exists())
        .where(or_(rows.c.lease_until.is_(None), rows.c.lease_until <= now))
        .where(~blocked.exists())
        .order_by(rows.c.made_at, rows.c.seq, rows.c.delivery_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        return None
    tx.connection.execute(
        update(rows).where(rows.c.delivery_id == row.delivery_id).values(lease_until=now + lease)
    )
    return _delivery(row)


def is_anything_due(connection: Connection, clients: Iterable[str], *, now: datetime) -> bool:
    """True when a look for words to these clients is worth a transaction."""
    mine = rows.c.client.in_(tuple(clients))
    query = select(rows.c.delivery_id).where(mine, _OPEN, rows.c.next_try_at <= now).limit(1)
    return connection.execute(query).one_or_none() is not None


def is_anything_unheard(connection: Connection, clients: Iterable[str]) -> bool:
    """True when words wait for others than these clients."""
    query = select(rows.c.delivery_id).where(rows.c.client.not_in(tuple(clients)), _OPEN).limit(1)
    return connection.execute(query).one_or_none() is not None


def close_delivery(tx: Writing, delivery_id: str, *, now: datetime) -> None:
    """The client has the word."""
    tx.connection.execute(
        update(rows)
        .where(rows.c.delivery_id == delivery_id)
        .values(done_at=now, lease_until=None, attempts=rows.c.attempts + 1, failure=None)
    )


def put_off(
    tx: Writing, delivery: StoredDelivery, *, until: datetime | None, failure: str, now: datetime
) -> None:
    """It did not arrive: all of the client's words wait until then; None gives this one up."""
    mine = rows.c.delivery_id == delivery.delivery_id
    values = {"lease_until": None, "attempts": rows.c.attempts + 1, "failure": failure}
    if until is None:
        tx.connection.execute(update(rows).where(mine).values(dead_at=now, **values))
        return
    tx.connection.execute(update(rows).where(mine).values(**values))
    tx.connection.execute(
        update(rows)
        .where(rows.c.client == delivery.client, _OPEN, rows.c.next_try_at < until)
        .values(next_try_at=until)
    )


def close_unheard(tx: Writing, clients: Iterable[str], *, now: datetime) -> None:
    """Words for clients that are not told anything are done with."""
    tx.connection.execute(
        update(rows)
        .where(rows.c.client.not_in(tuple(clients)), _OPEN)
        .values(done_at=now, failure="nobody_to_tell")
    )


def retry_delivery(tx: Writing, delivery_id: str, *, event: AuditEvent) -> None:
    """Bring back a word that was given up, or `NotFound`."""
    done = tx.connection.execute(
        update(rows)
        .where(rows.c.delivery_id == delivery_id, rows.c.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, next_try_at=event.at, lease_until=None)
    )
    if done.rowcount != 1:
        message = "There is no delivery with this id that was given up."
        raise NotFound(message)
    append_event(tx, event=event)


def undelivered(connection: Connection, *, limit: int = 200) -> tuple[StoredDelivery, ...]:
    """What was given up, then what waits, the oldest first."""
    query = (
        select(rows)
        .where(rows.c.done_at.is_(None))
        .order_by(rows.c.dead_at.is_(None), rows.c.made_at, rows.c.seq)
        .limit(limit)
    )
    return tuple(map(_delivery, connection.execute(query)))


def _delivery(row: object) -> StoredDelivery:
    values = dict(row._mapping)  # type: ignore[attr-defined]  # noqa: SLF001 - see letters.py
    values["status"] = WriterStatus(values["status"])
    return StoredDelivery(**values)
