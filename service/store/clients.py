"""
Registry clients: their API keys, and the requests that were answered already.

Contract: of a key only the SHA-256 of its secret is here, and of the name that a client gave a
request only a keyed code, because it may be a donor number; `hold_key` keeps a valid key valid
until the transaction ends: a revoked key stores nothing, however long its request has taken.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from service.store.access_tables import api_keys
from service.store.audit import append_event
from service.store.database import Writing
from service.store.datakeys import look_up_code
from service.store.letters import LetterContent, StoredLetter, insert_letter
from service.store.schema import answered_requests
from service.vault.keyring import Purpose
from service.workflow.audit import AuditEvent
from service.workflow.errors import KeyInProgress, KeyRefused, NotFound
from service.workflow.people import SCOPES, Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """An API key: its public half and the hash of its secret half."""

    key_id: str
    client: str
    secret_hash: str = field(repr=False)
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    scopes: frozenset[Permission] = frozenset(SCOPES)
    addresses: tuple[str, ...] = ()
    """Networks (CIDR) that the key may be used from; empty: any."""
    last_used_at: datetime | None = None
    replaced_by: str | None = None
    """The key that was made to follow this one."""

    def is_valid(self, now: datetime) -> bool:
        """True while the key opens anything."""
        return self.revoked_at is None and self.expires_at > now


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRequest:
    """A request that was answered with a letter; the same request gets the same answer."""

    client: str
    idempotency_key: str = field(repr=False)
    payload_digest: str
    letter_id: str
    at: datetime


def insert_key(tx: Writing, key: StoredKey, *, event: AuditEvent) -> None:
    """Store a new key."""
    values = {name: getattr(key, name) for name in StoredKey.__slots__}
    values["scopes"] = ",".join(sorted(scope.value for scope in key.scopes))
    values["addresses"] = ",".join(key.addresses)
    tx.connection.execute(insert(api_keys).values(**values))
    append_event(tx, event=event)


def find_key(connection: Connection, key_id: str) -> StoredKey | None:
    """The key with this id."""
    row = connection.execute(select(api_keys).where(api_keys.c.key_id == key_id)).one_or_none()
    return _key(row) if row else None


def list_keys(connection: Connection) -> tuple[StoredKey, ...]:
    """Every key, by client, the newest first."""
    query = select(api_keys).order_by(api_keys.c.client, api_keys.c.made_at.desc())
    return tuple(map(_key, connection.execute(query)))


def hold_key(tx: Writing, key_id: str, *, now: datetime) -> None:
    """Raise `KeyRefused` unless the key is valid; it stays so until the transaction ends."""
    query = select(api_keys).where(api_keys.c.key_id == key_id).with_for_update(read=True)
    row = tx.connection.execute(query).one_or_none()
    if row is None or not _key(row).is_valid(now):
        raise KeyRefused


def touch_key(tx: Writing, key_id: str, *, now: datetime, within: timedelta) -> None:
    """The key was used; noted once in a while. Not an event."""
    tx.connection.execute(
        update(api_keys)
        .where(
            api_keys.c.key_id == key_id,
            or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at < now - within),
        )
        .values(last_used_at=now)
    )


def revoke_key(tx: Writing, key_id: str, *, event: AuditEvent) -> None:
    """The key opens nothing from now on, or `NotFound` when there is no such key in use."""
    done = tx.connection.execute(
        update(api_keys)
        .where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=event.at)
    )
    if done.rowcount != 1:
        message = "There is no key with this id, or it is revoked already."
        raise NotFound(message)
    append_event(tx, event=event)


def replace_key(
    tx: Writing, old: StoredKey, new: StoredKey, *, until: datetime, event: AuditEvent
) -> bool:
    """Store the key that follows `old`, which ends at `until`; False when it has one already."""
    done = tx.connection.execute(
        update(api_keys)
        .where(
            api_keys.c.key_id == old.key_id,
            api_keys.c.replaced_by.is_(None),
            api_keys.c.revoked_at.is_(None),
        )
        .values(replaced_by=new.key_id, expires_at=until)
    )
    if done.rowcount != 1:
        return False
    insert_key(tx, new, event=event)
    return True


def find_answer(
    connection: Connection, client: str, idempotency_key: str
) -> AnsweredRequest | None:
    """How this request was answered before."""
    query = select(answered_requests).where(
        answered_requests.c.client == client,
        answered_requests.c.idempotency_key == _name_code(connection, client, idempotency_key),
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping) | {"idempotency_key": idempotency_key}  # noqa: SLF001 - see letters.py
    return AnsweredRequest(**values)


def request_code(connection: Connection, payload_digest: str) -> str:
    """How a request is kept: a plain digest would let its donor number be guessed."""
    return look_up_code(
        connection, Purpose.TEXTS, answered_requests.c.payload_digest, payload_digest
    )


def _name_code(connection: Connection, client: str, name: str) -> str:
    # two clients may use one name, and nobody shall see that they did
    column = answered_requests.c.idempotency_key
    return look_up_code(connection, Purpose.TEXTS, column, f"{client}\n{name}")


def insert_answered_letter(
    tx: Writing,
    letter: StoredLetter,
    content: LetterContent,
    answered: AnsweredRequest,
    *,
    key_id: str | None = None,
    event: AuditEvent,
) -> None:
    """Store a letter together with the request it came with, while its key is valid."""
    if key_id is not None:
        hold_key(tx, key_id, now=answered.at)
    insert_letter(tx, letter, content, event=event)
    try:
        tx.connection.execute(
            insert(answered_requests).values(
                client=answered.client,
                idempotency_key=_name_code(
                    tx.connection, answered.client, answered.idempotency_key
                ),
                payload_digest=request_code(tx.connection, answered.payload_digest),
                letter_id=answered.letter_id,
                at=answered.at,
            )
        )
    except IntegrityError:
        # another process stored the same request between our look and our leap
        raise KeyInProgress from None


def _key(row: Row[Any]) -> StoredKey:
    values = dict(row._mapping)  # noqa: SLF001 - see letters.py
    values["scopes"] = frozenset(Permission(one) for one in row.scopes.split(",") if one)
    values["addresses"] = tuple(one for one in row.addresses.split(",") if one)
    return StoredKey(**values)
