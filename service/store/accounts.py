"""
How a person proves who they are: local accounts, identities at a provider, known browsers.

Contract: of a password only its argon2id hash is here, of tokens their SHA-256; the seed of the
codes is sealed under a key of its person. A code counts once: `spend_code` succeeds for one
request.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.store.access_tables import (
    credentials,
    identities,
    known_browsers,
    people,
    provider_visits,
)
from service.store.audit import append_event
from service.store.database import Writing
from service.store.datakeys import envelopes, made_envelope
from service.workflow.audit import AuditEvent
from service.workflow.errors import BadRequest, SealBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAccount:
    """The local account of a person; `last_code` is the time step of the last used code."""

    person_id: str
    password_hash: str = field(repr=False)
    code_seed: str = field(repr=False)
    last_code: int
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVisit:
    """A sign-in under way at the identity provider, bound to one browser."""

    state_hash: str
    browser_hash: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    made_at: datetime


def find_account(connection: Connection, person_id: str) -> StoredAccount | None:
    """The local account of this person."""
    query = select(credentials).where(credentials.c.person_id == person_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    envelope = envelopes(connection, [_owner(person_id)]).get(_owner(person_id))
    if envelope is None:
        raise SealBroken
    seed = envelope.open(credentials.c.code_seed, person_id, row.code_seed)
    values = {**row._mapping, "code_seed": seed}  # noqa: SLF001 - see letters.py
    return StoredAccount(**values)


def people_with_account(connection: Connection) -> frozenset[str]:
    """Ids of the people who have set a password."""
    return frozenset(connection.execute(select(credentials.c.person_id)).scalars())


def set_account(tx: Writing, account: StoredAccount, *, event: AuditEvent) -> None:
    """Store the account in the place of an earlier one."""
    _forget(tx, account.person_id)
    envelope = made_envelope(tx.connection, _owner(account.person_id))
    seed = envelope.seal(credentials.c.code_seed, account.person_id, account.code_seed)
    values = {name: getattr(account, name) for name in StoredAccount.__slots__}
    tx.connection.execute(insert(credentials).values(**{**values, "code_seed": seed}))
    append_event(tx, event=event)


def clear_account(tx: Writing, person_id: str, *, event: AuditEvent) -> None:
    """Password, codes and known browsers of the person are no more."""
    _forget(tx, person_id)
    append_event(tx, event=event)


def spend_code(tx: Writing, person_id: str, step: int) -> bool:
    """Mark the code of this time step as used; False when it, or a later one, was used before."""
    done = tx.connection.execute(
        update(credentials)
        .where(credentials.c.person_id == person_id, credentials.c.last_code < step)
        .values(last_code=step)
    )
    return done.rowcount == 1


def remember_browser(tx: Writing, token_hash: str, person_id: str, *, now: datetime) -> None:
    """This browser has signed the person in. Not an event: the sign-in is one."""
    tx.connection.execute(delete(known_browsers).where(known_browsers.c.token_hash == token_hash))
    tx.connection.execute(
        insert(known_browsers).values(token_hash=token_hash, person_id=person_id, made_at=now)
    )


def is_known_browser(connection: Connection, token_hash: str, name: str) -> bool:
    """True when this browser has signed in the person of this name before."""
    query = (
        select(known_browsers.c.person_id)
        .join(people, people.c.person_id == known_browsers.c.person_id)
        .where(known_browsers.c.token_hash == token_hash, people.c.name == name)
    )
    return connection.execute(query).one_or_none() is not None


def find_identity(connection: Connection, issuer: str, subject: str) -> str | None:
    """Id of the person whom the provider knows by this subject."""
    query = select(identities.c.person_id).where(
        identities.c.issuer == issuer, identities.c.subject == subject
    )
    return connection.execute(query).scalar_one_or_none()


def link_identity(
    tx: Writing, issuer: str, subject: str, person_id: str, *, event: AuditEvent
) -> None:
    """The provider knows this person by this subject from now on."""
    try:
        tx.connection.execute(
            insert(identities).values(
                issuer=issuer, subject=subject, person_id=person_id, linked_at=event.at
            )
        )
    except IntegrityError:
        message = "This identity belongs to a person already."
        raise BadRequest(message) from None
    append_event(tx, event=event)


def begin_visit(tx: Writing, visit: StoredVisit, *, life: timedelta) -> None:
    """Store a visit to the provider; those that nobody came back from are swept away."""
    tx.connection.execute(
        delete(provider_visits).where(provider_visits.c.made_at < visit.made_at - life)
    )
    values = {name: getattr(visit, name) for name in StoredVisit.__slots__}
    tx.connection.execute(insert(provider_visits).values(**values))


def end_visit(tx: Writing, state_hash: str) -> StoredVisit | None:
    """The visit with this state, which is spent by asking."""
    query = select(provider_visits).where(provider_visits.c.state_hash == state_hash)
    row = tx.connection.execute(query).one_or_none()
    spent = tx.connection.execute(
        delete(provider_visits).where(provider_visits.c.state_hash == state_hash)
    )
    if row is None or spent.rowcount != 1:
        return None
    return StoredVisit(**row._mapping)  # noqa: SLF001 - see letters.py


def _owner(person_id: str) -> str:
    """Whose key seals the account."""
    return f"account/{person_id}"


def _forget(tx: Writing, person_id: str) -> None:
    tx.connection.execute(delete(credentials).where(credentials.c.person_id == person_id))
    tx.connection.execute(delete(known_browsers).where(known_browsers.c.person_id == person_id))
