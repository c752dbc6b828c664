"""Registry clients: their API keys, and the requests that were answered already."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from service.store.audit import append_event
from service.store.database import Writing
from service.store.letters import LetterContent, StoredLetter, insert_letter
from service.store.schema import answered_requests, api_keys
from service.workflow.audit import AuditEvent
from service.workflow.errors import KeyInProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """An API key: its public half and the hash of its secret half."""

    key_id: str
    client: str
    secret_hash: str = field(repr=False)
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRequest:
    """A request that was answered with a letter; the same request gets the same answer."""

    client: str
    idempotency_key: str
    payload_digest: str
    letter_id: str
    at: datetime


def insert_key(tx: Writing, key: StoredKey, *, event: AuditEvent) -> None:
    """Store a new key."""
    tx.connection.execute(
        insert(api_keys).values(
            key_id=key.key_id,
            client=key.client,
            secret_hash=key.secret_hash,
            made_at=key.made_at,
            expires_at=key.expires_at,
        )
    )
    append_event(tx, event=event)


def find_key(connection: Connection, key_id: str) -> StoredKey | None:
    """The key with this id."""
    row = connection.execute(select(api_keys).where(api_keys.c.key_id == key_id)).one_or_none()
    return StoredKey(**row._mapping) if row else None  # noqa: SLF001 - see letters.py


def find_answer(
    connection: Connection, client: str, idempotency_key: str
) -> AnsweredRequest | None:
    """How this request was answered before."""
    query = select(answered_requests).where(
        answered_requests.c.client == client,
        answered_requests.c.idempotency_key == idempotency_key,
    )
    row = connection.execute(query).one_or_none()
    return AnsweredRequest(**row._mapping) if row else None  # noqa: SLF001 - see letters.py


def insert_answered_letter(
    tx: Writing,
    letter: StoredLetter,
    content: LetterContent,
    answered: AnsweredRequest,
    *,
    event: AuditEvent,
) -> None:
    """Store a letter together with the request it came with."""
    insert_letter(tx, letter, content, event=event)
    try:
        tx.connection.execute(
            insert(answered_requests).values(
                client=answered.client,
                idempotency_key=answered.idempotency_key,
                payload_digest=answered.payload_digest,
                letter_id=answered.letter_id,
                at=answered.at,
            )
        )
    except IntegrityError:
        # another process stored the same request between our look and our leap
        raise KeyInProgress from None
