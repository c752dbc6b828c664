"""
The directory of endpoints: who proposed, who confirmed, from when on a version holds.

Contract: a row is never deleted and its address never changes; what was confirmed or withdrawn
once stays as it is. Versions of a recipient count up without a gap.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.store.audit import append_event
from service.store.database import Writing
from service.store.schema import clinics, endpoints
from service.workflow.audit import AuditEvent
from service.workflow.endpoints import ChannelKind, Endpoint, folder_endpoint
from service.workflow.errors import IllegalTransition, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEndpoint:
    """An entry of the directory: proposed, then confirmed by another person or withdrawn."""

    endpoint_id: str
    endpoint: Endpoint
    proposed_at: datetime
    proposed_by: str
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    holds_from: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    ask_tries: int = 0
    ask_next_at: datetime | None = None
    asked_at: datetime | None = None
    """When a code was sent to the address."""
    ask_failure: str | None = None
    """Why the last try to send it failed."""
    answered_at: datetime | None = None
    answered_by: str | None = None

    @property
    def waits(self) -> bool:
        """True while two people agreed and the recipient has not yet told the code sent there."""
        said = self.answered_at is not None or self.withdrawn_at is not None
        return self.confirmed_at is not None and not said

    @property
    def open(self) -> bool:
        """True while a second person has neither confirmed nor withdrawn it."""
        return self.confirmed_at is None and self.withdrawn_at is None


def insert_endpoint(tx: Writing, stored: StoredEndpoint, *, event: AuditEvent) -> None:
    """Keep a proposal; `IllegalTransition` when somebody else proposed at the same moment."""
    one = stored.endpoint
    values = {
        "endpoint_id": stored.endpoint_id,
        "recipient_id": one.recipient_id,
        "version": one.version,
        "kind": one.kind.value,
        "address": one.address,
        "pinned": one.pinned,
        "proposed_at": stored.proposed_at,
        "proposed_by": stored.proposed_by,
    }
    try:
        tx.connection.execute(insert(endpoints).values(**values))
    except IntegrityError:
        message = "A colleague has just proposed another address. Look at it first."
        raise IllegalTransition(message) from None
    append_event(tx, event=event)


def confirm_endpoint(
    tx: Writing,
    endpoint_id: str,
    *,
    person_id: str,
    holds_from: datetime,
    ask: bool = True,
    event: AuditEvent,
) -> None:
    """
    The second person's yes, or `IllegalTransition` when the proposal is no longer open.

    With `ask` the entry holds only once its recipient has told the code that is sent there.
    """
    values: dict[str, Any] = {
        "confirmed_at": event.at,
        "confirmed_by": person_id,
        "holds_from": holds_from,
    }
    if ask:
        values["ask_next_at"] = event.at
    else:
        values |= {"answered_at": event.at, "answered_by": person_id}
    _close(tx, endpoint_id, values, event=event)


def next_to_ask(connection: Connection, *, now: datetime, most_tries: int) -> StoredEndpoint | None:
    """The entry whose recipient is to be sent a code now."""
    query = (
        select(endpoints)
        .where(
            endpoints.c.confirmed_at.is_not(None),
            endpoints.c.withdrawn_at.is_(None),
            endpoints.c.asked_at.is_(None),
            endpoints.c.answered_at.is_(None),
            endpoints.c.ask_next_at <= now,
            endpoints.c.ask_tries < most_tries,
        )
        .order_by(endpoints.c.ask_next_at, endpoints.c.endpoint_id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return _stored(row) if row else None


def begin_asking(tx: Writing, stored: StoredEndpoint, *, again_at: datetime) -> bool:
    """A worker begins to send the code; False when another one was quicker."""
    done = tx.connection.execute(
        update(endpoints)
        .where(
            endpoints.c.endpoint_id == stored.endpoint_id,
            endpoints.c.ask_tries == stored.ask_tries,
            endpoints.c.asked_at.is_(None),
        )
        .values(ask_tries=stored.ask_tries + 1, ask_next_at=again_at)
    )
    return done.rowcount == 1


def asked_endpoint(
    tx: Writing, endpoint_id: str, *, failure: str | None, again_at: datetime, event: AuditEvent
) -> None:
    """The code was sent, or could not be for this reason and is tried again then."""
    values: dict[str, Any] = {"ask_failure": failure, "ask_next_at": again_at}
    if failure is None:
        values["asked_at"] = event.at
    tx.connection.execute(
        update(endpoints).where(endpoints.c.endpoint_id == endpoint_id).values(**values)
    )
    append_event(tx, event=event)


def ask_once_more(tx: Writing, endpoint_id: str, *, event: AuditEvent) -> None:
    """Send the code again, or `IllegalTransition` when the entry does not wait for one."""
    done = tx.connection.execute(
        update(endpoints)
        .where(endpoints.c.endpoint_id == endpoint_id, *_WAITS)
        .values(asked_at=None, ask_tries=0, ask_next_at=event.at, ask_failure=None)
    )
    _check_waited(done.rowcount)
    append_event(tx, event=event)


def answer_endpoint(tx: Writing, endpoint_id: str, *, event: AuditEvent) -> None:
    """The recipient told the right code, or `IllegalTransition` when nobody waits for it."""
    done = tx.connection.execute(
        update(endpoints)
        .where(endpoints.c.endpoint_id == endpoint_id, *_WAITS)
        .values(answered_at=event.at, answered_by=event.actor)
    )
    _check_waited(done.rowcount)
    append_event(tx, event=event)


def withdraw_endpoint(tx: Writing, endpoint_id: str, *, person_id: str, event: AuditEvent) -> None:
    """
    A no, or `IllegalTransition` when the entry was answered or withdrawn already.

    An entry that two people confirmed can still be withdrawn while its recipient has not answered:
    the code may have come to somebody else.
    """
    done = tx.connection.execute(
        update(endpoints)
        .where(
            endpoints.c.endpoint_id == endpoint_id,
            endpoints.c.answered_at.is_(None),
            endpoints.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=event.at, withdrawn_by=person_id)
    )
    _check_closed(done.rowcount)
    append_event(tx, event=event)


def find_endpoint(connection: Connection, endpoint_id: str) -> StoredEndpoint:
    """The entry with this id, or `NotFound`."""
    query = select(endpoints).where(endpoints.c.endpoint_id == endpoint_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _stored(row)


def all_endpoints(connection: Connection) -> tuple[StoredEndpoint, ...]:
    """Every entry, by recipient, the newest version first."""
    query = select(endpoints).order_by(endpoints.c.recipient_id, endpoints.c.version.desc())
    return tuple(map(_stored, connection.execute(query)))


def endpoint_now(connection: Connection, recipient_id: str, *, now: datetime) -> Endpoint:
    """How the recipient is reached at this moment."""
    query = (
        select(endpoints)
        .where(
            endpoints.c.recipient_id == recipient_id,
            endpoints.c.holds_from <= now,
            endpoints.c.answered_at <= now,
            endpoints.c.withdrawn_at.is_(None),
        )
        .order_by(endpoints.c.version.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return _stored(row).endpoint if row else folder_endpoint(recipient_id)


def latest_version(connection: Connection, recipient_id: str) -> int:
    """The highest version there is, confirmed or not; 0 for none."""
    query = select(func.max(endpoints.c.version)).where(endpoints.c.recipient_id == recipient_id)
    return int(connection.execute(query).scalar_one() or 0)


def is_clinic(connection: Connection, recipient_id: str) -> bool:
    """True for a clinic of the case register."""
    query = select(clinics.c.clinic_id).where(clinics.c.clinic_id == recipient_id)
    return connection.execute(query).one_or_none() is not None


def _close(tx: Writing, endpoint_id: str, values: dict[str, Any], *, event: AuditEvent) -> None:
    done = tx.connection.execute(
        update(endpoints)
        .where(
            endpoints.c.endpoint_id == endpoint_id,
            endpoints.c.confirmed_at.is_(None),
            endpoints.c.withdrawn_at.is_(None),
        )
        .values(**values)
    )
    _check_closed(done.rowcount)
    append_event(tx, event=event)


def _check_closed(count: int) -> None:
    if count != 1:
        message = "This proposal was confirmed or withdrawn already."
        raise IllegalTransition(message)


#: Two people agreed, and the recipient has not answered.
_WAITS = (
    endpoints.c.confirmed_at.is_not(None),
    endpoints.c.withdrawn_at.is_(None),
    endpoints.c.answered_at.is_(None),
)


def _check_waited(count: int) -> None:
    if count != 1:
        message = "This address does not wait for a code."
        raise IllegalTransition(message)


def _stored(row: Row[Any]) -> StoredEndpoint:
    return StoredEndpoint(
        endpoint_id=row.endpoint_id,
        endpoint=Endpoint(
            recipient_id=row.recipient_id,
            version=row.version,
            kind=ChannelKind(row.kind),
            address=row.address,
            pinned=row.pinned,
        ),
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        holds_from=row.holds_from,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        ask_tries=row.ask_tries,
        ask_next_at=row.ask_next_at,
        asked_at=row.asked_at,
        ask_failure=row.ask_failure,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
    )
