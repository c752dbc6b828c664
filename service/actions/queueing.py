"""
The queue page by page, the next letter for a person, and finding letters by a number or case.

Contract: no letter text; counts and rows come from the same conditions. What was searched for is
kept nowhere: neither in the trail nor in an address.
"""

from dataclasses import dataclass

from anonymizer.patient_reference import canonical_patient_reference
from service.actions.desk import Desk
from service.actions.letterview import queue_item
from service.actions.views import QueueItem
from service.store.audit import append_event
from service.store.cases import cases_matching
from service.store.correspondence import ids_of_case
from service.store.database import Connection
from service.store.letters import StoredLetter
from service.store.people import people_names
from service.store.queue import (
    codes_in_queue,
    count_queue,
    find_queue,
    letters_in_order,
    unallocated_letters,
)
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import BadRequest
from service.workflow.paging import Paged, window
from service.workflow.people import (
    Permission,
    Person,
    check_may_read_letters,
    check_may_review,
    check_may_see_queue,
    may,
)
from service.workflow.queue import QueueFilter, QueueScope
from service.workflow.states import LetterState

#: So many letters of one search are shown.
MOST_FOUND = 50
#: No filter.
ALL = QueueFilter()
_WAITING = frozenset({LetterState.READY, LetterState.SECOND_READING})
#: Letters that a colleague passed to a senior and that nobody has taken since.
SCOPE_PASSED_ON = QueueScope(states=_WAITING, passed_on=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage(Paged):
    """One page of a part of the queue; `count` is how many letters all its pages have."""

    rows: tuple[QueueItem, ...]
    codes: dict[str, tuple[str, ...]]


def queue_page(
    desk: Desk,
    person: Person,
    scope: QueueScope,
    *,
    wanted: QueueFilter = ALL,
    number: int = 1,
    latest_first: bool = False,
) -> QueuePage:
    """A page of the queue; the last one where `number` is too high."""
    check_may_see_queue(person)
    with desk.database.reading() as connection:
        count = count_queue(connection, scope, wanted, now=desk.now())
        shown = window(QueuePage, count=count, number=number)
        rows = find_queue(
            connection,
            scope,
            wanted,
            now=desk.now(),
            latest_first=latest_first,
            offset=shown.offset,
            limit=shown.limit,
        )
        names = people_names(connection)
        codes = codes_in_queue(connection, scope)
    return QueuePage(
        rows=tuple(queue_item(row, person=person, names=names, desk=desk) for row in rows),
        count=count,
        number=shown.number,
        codes=codes,
    )


def next_for(desk: Desk, person: Person, *, limit: int = 20) -> tuple[QueueItem, ...]:
    """What the person may take next, first readings and second ones, the most urgent first."""
    check_may_review(person)
    with desk.database.reading() as connection:
        names = people_names(connection)
        found = find_queue(connection, scope_of_next(person), ALL, now=desk.now(), limit=limit)
    return tuple(queue_item(row, person=person, names=names, desk=desk) for row in found)


def count_next(desk: Desk, person: Person) -> int:
    """How many letters the person may take."""
    with desk.database.reading() as connection:
        return count_queue(connection, scope_of_next(person), ALL, now=desk.now())


def count_passed_on(desk: Desk, person: Person) -> int:
    """How many letters were passed to a senior and wait; none for who may not read those."""
    if not may(person, Permission.READ_PASSED_ON):
        return 0
    with desk.database.reading() as connection:
        return count_queue(connection, SCOPE_PASSED_ON, ALL, now=desk.now())


def count_mine(desk: Desk, person: Person) -> int:
    """How many letters the person has claimed."""
    check_may_see_queue(person)
    mine = QueueScope(states=frozenset({LetterState.IN_REVIEW}), claimed_by=person.person_id)
    with desk.database.reading() as connection:
        return count_queue(connection, mine, ALL, now=desk.now())


def scope_of_next(person: Person) -> QueueScope:
    """Free letters and those that wait for a second reader, but for those read by the person."""
    senior = may(person, Permission.READ_PASSED_ON)
    return QueueScope(states=_WAITING, reader=person.person_id, with_senior=senior)


def search_letters(desk: Desk, person: Person, *, query: str) -> tuple[str, ...]:
    """
    The ids of the letters of the case with exactly this number or id, the oldest first.

    Letters that have no case yet are found by the number on their covers.
    """
    check_may_read_letters(person)
    if not query.strip():
        message = "Type a donor number, a patient number or a case id."
        raise BadRequest(message)
    number = canonical_patient_reference(query)
    event = AuditEvent(at=desk.now(), actor=person.person_id, action=AuditAction.LETTERS_SEARCHED)
    with desk.database.writing() as tx:
        append_event(tx, event=event)
        cases = cases_matching(tx.connection, case_id=query.strip(), number=number)
        found = [
            letter_id
            for case in cases
            for letter_id in ids_of_case(tx.connection, case.case.case_id, limit=MOST_FOUND)
        ]
        found += [row.letter_id for row in _by_cover(tx.connection, number)]
        rows = letters_in_order(tx.connection, list(dict.fromkeys(found))[:MOST_FOUND])
    return tuple(row.letter_id for row in sorted(rows, key=lambda row: row.received_at))


def letters_found(desk: Desk, person: Person, *, ids: tuple[str, ...]) -> tuple[QueueItem, ...]:
    """The rows of these letters."""
    check_may_read_letters(person)
    with desk.database.reading() as connection:
        names = people_names(connection)
        found = letters_in_order(connection, list(ids[:MOST_FOUND]))
    return tuple(queue_item(row, person=person, names=names, desk=desk) for row in found)


def _by_cover(connection: Connection, number: str) -> list[StoredLetter]:
    waiting = unallocated_letters(connection, [LetterState.HELD_ALLOCATION.value])
    return [
        row
        for row in waiting
        if row.cover_number and canonical_patient_reference(row.cover_number) == number
    ]
