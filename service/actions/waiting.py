"""
Letters that wait too long, the oldest first, and the receipt that ends the waiting of a sent one.

Contract: computed from the moment of the last change whenever it is asked; nothing runs in the
background. A letter that is kept because its reader wants none is never counted: nobody can do
anything about it. It stands in a list of its own.
"""

from service.actions.correspondence_views import LateItem
from service.actions.desk import Desk
from service.actions.opened import letter_event
from service.store.correspondence import (
    LateLetter,
    count_late,
    find_kept,
    find_late,
    note_receipt,
)
from service.workflow.audit import AuditAction
from service.workflow.people import Person, check_may_see_waiting, may_see_waiting
from service.workflow.waiting import cutoffs

_SHOWN = 500


def list_waiting_too_long(desk: Desk, person: Person) -> tuple[LateItem, ...]:
    """The letters that somebody should look at."""
    check_may_see_waiting(person)
    with desk.database.reading() as connection:
        found = find_late(connection, cutoffs(desk.settings, desk.now()), limit=_SHOWN)
    return tuple(map(_item, found))


def list_kept(desk: Desk, person: Person) -> tuple[LateItem, ...]:
    """The letters that go on when their readers agree to letters, the oldest first."""
    check_may_see_waiting(person)
    with desk.database.reading() as connection:
        return tuple(map(_item, find_kept(connection, limit=_SHOWN)))


def count_waiting_too_long(desk: Desk, person: Person) -> int:
    """How many there are; none for a person who is not asked to look after them."""
    if not may_see_waiting(person):
        return 0
    with desk.database.reading() as connection:
        return count_late(connection, cutoffs(desk.settings, desk.now()))


def record_receipt(desk: Desk, person: Person, *, letter_id: str) -> None:
    """The recipient has confirmed that the letter is with them."""
    check_may_see_waiting(person)
    event = letter_event(desk, person, AuditAction.DISPATCH_RECEIPT, letter_id)
    with desk.database.writing() as tx:
        note_receipt(tx, letter_id, person_id=person.person_id, event=event)


def _item(letter: LateLetter) -> LateItem:
    return LateItem(
        letter_id=letter.letter_id,
        state=letter.state,
        changed_at=letter.changed_at,
        direction=letter.direction,
        case_id=letter.case_id,
    )
