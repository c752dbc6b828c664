"""
People, one-time sign-in links and sessions. Tokens are stored as SHA-256, never themselves.

Contract: a link works once; using it and the session it opens are one transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.store.access_tables import people, sessions, sign_in_links
from service.store.audit import append_event
from service.store.database import Writing
from service.workflow.audit import AuditEvent
from service.workflow.errors import BadRequest, NotFound
from service.workflow.people import Person, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A session as the store knows it: by the hash of its id."""

    id_hash: str
    person_id: str
    csrf_token: str
    started_at: datetime
    seen_at: datetime
    method: str = "link"
    """How the person signed in: by a link, a password, or the identity provider."""
    proved_at: datetime | None = None
    """When the person last showed who they are; None when nobody knows."""


def insert_person(tx: Writing, person: Person, *, event: AuditEvent) -> None:
    """Add a person; names are unique, because the history shows them."""
    try:
        tx.connection.execute(
            insert(people).values(
                person_id=person.person_id,
                name=person.name,
                roles=",".join(sorted(role.value for role in person.roles)),
                active=person.active,
            )
        )
    except IntegrityError:
        message = "There is a person with this name already."
        raise BadRequest(message) from None
    append_event(tx, event=event)


def change_person(
    tx: Writing, person_id: str, *, roles: frozenset[Role], active: bool, event: AuditEvent
) -> None:
    """Give a person these roles and access; without access every session ends here and now."""
    tx.connection.execute(
        update(people)
        .where(people.c.person_id == person_id)
        .values(roles=",".join(sorted(role.value for role in roles)), active=active)
    )
    if not active:
        tx.connection.execute(delete(sessions).where(sessions.c.person_id == person_id))
        tx.connection.execute(
            delete(sign_in_links).where(
                sign_in_links.c.person_id == person_id, sign_in_links.c.used_at.is_(None)
            )
        )
    append_event(tx, event=event)


def list_people(connection: Connection) -> tuple[Person, ...]:
    """Everybody, by name."""
    return tuple(map(_person, connection.execute(select(people).order_by(people.c.name))))


def last_seen(connection: Connection) -> dict[str, datetime]:
    """When each person with a session used it last."""
    query = select(sessions.c.person_id, func.max(sessions.c.seen_at)).group_by(
        sessions.c.person_id
    )
    return {str(person_id): at for person_id, at in connection.execute(query)}


def find_person(connection: Connection, person_id: str) -> Person | None:
    """The person with this id."""
    row = connection.execute(select(people).where(people.c.person_id == person_id)).one_or_none()
    return _person(row) if row else None


def find_person_by_name(connection: Connection, name: str) -> Person:
    """The person with this name, or `NotFound`."""
    person = find_named(connection, name)
    if person is None:
        message = "There is no person with this name."
        raise NotFound(message)
    return person


def find_named(connection: Connection, name: str) -> Person | None:
    """The person with this name, if there is one."""
    row = connection.execute(select(people).where(people.c.name == name)).one_or_none()
    return _person(row) if row else None


def people_names(connection: Connection) -> dict[str, str]:
    """Names of all people by their ids."""
    rows = connection.execute(select(people.c.person_id, people.c.name))
    return {str(person_id): str(name) for person_id, name in rows}


def count_people(connection: Connection) -> int:
    """How many people there are."""
    return int(connection.execute(select(func.count()).select_from(people)).scalar_one())


def has_signed_in(connection: Connection) -> bool:
    """True once anybody has used a link."""
    query = select(func.count()).where(sign_in_links.c.used_at.is_not(None))
    return int(connection.execute(query).scalar_one()) > 0


def insert_link(
    tx: Writing, token_hash: str, person_id: str, expires_at: datetime, *, event: AuditEvent
) -> None:
    """Store a sign-in link; earlier unused links of the person stop working."""
    tx.connection.execute(
        delete(sign_in_links).where(
            sign_in_links.c.person_id == person_id, sign_in_links.c.used_at.is_(None)
        )
    )
    tx.connection.execute(
        insert(sign_in_links).values(
            token_hash=token_hash, person_id=person_id, expires_at=expires_at
        )
    )
    append_event(tx, event=event)


def link_owner(connection: Connection, token_hash: str, *, now: datetime) -> str | None:
    """Whose link this is, while it works."""
    query = select(sign_in_links.c.person_id).where(
        sign_in_links.c.token_hash == token_hash,
        sign_in_links.c.used_at.is_(None),
        sign_in_links.c.expires_at > now,
    )
    return connection.execute(query).scalar_one_or_none()


def use_link(
    tx: Writing,
    token_hash: str,
    session: StoredSession,
    *,
    former: str | None = None,
    event: AuditEvent,
) -> bool:
    """Spend the link and open the session; False when another request was faster."""
    done = tx.connection.execute(
        update(sign_in_links)
        .where(
            sign_in_links.c.token_hash == token_hash,
            sign_in_links.c.used_at.is_(None),
            sign_in_links.c.expires_at > session.started_at,
        )
        .values(used_at=session.started_at)
    )
    if done.rowcount != 1:
        return False
    open_session(tx, session, former=former, event=event)
    return True


def open_session(
    tx: Writing, session: StoredSession, *, former: str | None = None, event: AuditEvent
) -> None:
    """Open a session; the one that the browser had before, by its hash, ends."""
    tx.connection.execute(delete(sessions).where(sessions.c.id_hash == former))
    values = {name: getattr(session, name) for name in StoredSession.__slots__}
    tx.connection.execute(insert(sessions).values(**values))
    append_event(tx, event=event)


def sessions_of(connection: Connection, person_id: str) -> tuple[StoredSession, ...]:
    """The sessions of a person, the latest first."""
    query = (
        select(sessions)
        .where(sessions.c.person_id == person_id)
        .order_by(sessions.c.seen_at.desc(), sessions.c.id_hash)
    )
    return tuple(StoredSession(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - see letters.py


def end_sessions(
    tx: Writing,
    person_id: str,
    *,
    only: str | None = None,
    but: str | None = None,
    event: AuditEvent,
) -> int:
    """End sessions of this person: all, `only` one, or all `but` one; how many ended."""
    query = delete(sessions).where(sessions.c.person_id == person_id)
    if only is not None:
        query = query.where(sessions.c.id_hash == only)
    if but is not None:
        query = query.where(sessions.c.id_hash != but)
    ended = tx.connection.execute(query).rowcount
    if ended:
        append_event(tx, event=event)
    return int(ended)


def find_session(connection: Connection, id_hash: str) -> StoredSession | None:
    """The session with this hash."""
    row = connection.execute(select(sessions).where(sessions.c.id_hash == id_hash)).one_or_none()
    return StoredSession(**row._mapping) if row else None  # noqa: SLF001 - see letters.py


def touch_session(tx: Writing, id_hash: str, *, now: datetime) -> None:
    """The session was used. Not an event: nothing changes for anybody."""
    tx.connection.execute(update(sessions).where(sessions.c.id_hash == id_hash).values(seen_at=now))


def prove_session(tx: Writing, id_hash: str, *, event: AuditEvent) -> None:
    """The person of this session has just shown again who they are."""
    tx.connection.execute(
        update(sessions).where(sessions.c.id_hash == id_hash).values(proved_at=event.at)
    )
    append_event(tx, event=event)


def delete_session(tx: Writing, id_hash: str, *, event: AuditEvent) -> None:
    """End a session."""
    tx.connection.execute(delete(sessions).where(sessions.c.id_hash == id_hash))
    append_event(tx, event=event)


def _person(row: Row[Any]) -> Person:
    return Person(
        person_id=row.person_id,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles.split(",") if role),
        active=row.active,
    )
