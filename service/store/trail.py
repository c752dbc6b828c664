"""
The audit trail as lists show it: filtered, newest first, page by page.

Contract: what a page shows and what its count says come from the same conditions. Nothing is looked
up outside the trail: a letter or a case is found here only if an event names it.
"""

from sqlalchemy import ColumnElement, Connection, func, select

from service.store.audit import chained
from service.store.schema import audit_events
from service.workflow.audit import ChainedEvent
from service.workflow.trail import TrailFilter

#: More letters than this with the same beginning of their ids are as good as too many.
_MOST_ALIKE = 2


def find_events(
    connection: Connection, wanted: TrailFilter, *, offset: int = 0, limit: int
) -> tuple[ChainedEvent, ...]:
    """The events of one page, newest first."""
    query = (
        select(audit_events)
        .where(*_conditions(wanted))
        .order_by(audit_events.c.seq.desc())
        .offset(offset)
        .limit(limit)
    )
    return tuple(chained(row) for row in connection.execute(query))


def count_events(connection: Connection, wanted: TrailFilter) -> int:
    """How many events `find_events` has on all its pages."""
    query = select(func.count()).select_from(audit_events).where(*_conditions(wanted))
    return int(connection.execute(query).scalar_one())


def actors_of_trail(connection: Connection) -> tuple[str, ...]:
    """Everybody who did something: ids of people, `system`, operators and clients."""
    # from one to the next by the index: there are few of them, and many events
    first = select(func.min(audit_events.c.actor).label("actor")).cte(recursive=True)
    further = select(func.min(audit_events.c.actor)).where(audit_events.c.actor > first.c.actor)
    after = select(further.scalar_subquery()).where(first.c.actor.is_not(None))
    found = first.union_all(after)
    query = select(found.c.actor).where(found.c.actor.is_not(None))
    return tuple(sorted(connection.execute(query).scalars()))


def letters_of_trail(connection: Connection, beginning: str) -> tuple[str, ...]:
    """Ids of letters that begin like this; two of them where there are more."""
    query = (
        select(audit_events.c.letter_id)
        .distinct()
        .where(
            audit_events.c.letter_id >= beginning,
            # after every sign of an id
            audit_events.c.letter_id < f"{beginning}g",
        )
        .limit(_MOST_ALIKE)
    )
    return tuple(connection.execute(query).scalars())


def names_case(connection: Connection, case_id: str) -> bool:
    """True when an event names the case."""
    query = select(audit_events.c.seq).where(_of_case(case_id)).limit(1)
    return connection.execute(query).first() is not None


def _conditions(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.action is not None:
        where.append(audit_events.c.action == wanted.action.value)
    if wanted.actor is not None:
        where.append(audit_events.c.actor == wanted.actor)
    if wanted.letter_id is not None:
        where.append(audit_events.c.letter_id == wanted.letter_id)
    if wanted.case_id is not None:
        where.append(_of_case(wanted.case_id))
    if wanted.since is not None:
        where.append(audit_events.c.at >= wanted.since)
    if wanted.until is not None:
        where.append(audit_events.c.at < wanted.until)
    return where


def _of_case(case_id: str) -> ColumnElement[bool]:
    # as `append_event` writes it; LIKE would not tell capitals apart on SQLite
    without = func.replace(audit_events.c.details, f'"case": "{case_id}"', "")
    return without != audit_events.c.details
