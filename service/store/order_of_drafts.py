"""
Which letter is drafted next: fair between those who bring letters in.

Contract: urgent letters before all others, the oldest first. Of the others each registry client has
its turn, one letter after the other, and of its letters the oldest goes first; letters that people
bring in have their turn like those of a client. Whose turn it was last, the trail says: so all
workers go by the same turns, and a restart changes nothing. With n clients that wait, each is
served in n letters, however many another one has sent.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, select

from service.store.letters import StoredLetter, has_its_turn, letter_columns, stored_letters
from service.store.schema import audit_events, letters
from service.workflow.audit import AuditAction
from service.workflow.states import LetterState


def next_to_draft(connection: Connection, *, now: datetime) -> StoredLetter | None:
    """The letter that a worker takes next, locked; None where none has its turn."""
    urgent = _first(connection, letters.c.urgent.is_(True), now=now)
    if urgent is not None:
        return urgent
    for client in _in_turn(connection):
        found = _first(connection, _brought_in_by(client), now=now)
        if found is not None:
            return found
    return None


def _brought_in_by(client: str | None) -> ColumnElement[bool]:
    # PostgreSQL finds nothing by an index for IS NOT DISTINCT FROM
    return letters.c.client.is_(None) if client is None else letters.c.client == client


def _first(
    connection: Connection, whose: ColumnElement[bool], *, now: datetime
) -> StoredLetter | None:
    """The oldest of these letters whose turn it is and that no worker has in hand."""
    query = (
        select(*letter_columns())
        .where(whose, *has_its_turn(LetterState.RECEIVED, now))
        .order_by(letters.c.received_at, letters.c.letter_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return next(iter(stored_letters(connection, query)), None)


def _in_turn(connection: Connection) -> list[str | None]:
    """Everybody whose letters wait, those behind the one that was served last first."""
    last = _served_last(connection)
    found: list[str | None] = list(_waiting_clients(connection))
    if _people_wait(connection):
        found.append(None)
    return sorted(found, key=lambda one: ((one or "") <= last, one or ""))


def _waiting_clients(connection: Connection) -> Iterator[str]:
    """The clients whose letters wait, from one to the next by the index."""
    first = select(_least_client().label("client")).cte(recursive=True)
    further = _least_client(letters.c.client > first.c.client).scalar_subquery()
    found = first.union_all(select(further).where(first.c.client.is_not(None)))
    query = select(found.c.client).where(found.c.client.is_not(None))
    yield from connection.execute(query).scalars()


def _least_client(*where: ColumnElement[bool]) -> Select[tuple[str | None]]:
    waiting = letters.c.state == LetterState.RECEIVED.value
    return select(func.min(letters.c.client)).where(waiting, *where)


def _people_wait(connection: Connection) -> bool:
    """True when letters wait that somebody brought in."""
    query = select(letters.c.letter_id).where(
        letters.c.state == LetterState.RECEIVED.value, letters.c.client.is_(None)
    )
    return connection.execute(query.limit(1)).one_or_none() is not None


def _served_last(connection: Connection) -> str:
    """The client whose letter was taken last; empty for one that somebody brought in."""
    taken = (
        select(audit_events.c.letter_id)
        .where(audit_events.c.action == AuditAction.LETTER_DRAFTING.value)
        .order_by(audit_events.c.seq.desc())
        .limit(1)
    )
    query = select(letters.c.client).where(letters.c.letter_id == taken.scalar_subquery())
    return connection.execute(query).scalar_one_or_none() or ""
