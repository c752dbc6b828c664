"""
Letters that wait too long, the oldest first, and the receipt that ends the waiting of a sent one.

Contract: computed from the moment of the last change whenever it is asked; nothing runs in the
background.
"""

from service.actions.correspondence_views import LateItem
from service.actions.desk import Desk
from service.actions.opened import letter_event
from service.store.correspondence import count_late, find_late, note_receipt
from service.workflow.audit import AuditAction
from service.workflow.people import Person, check_may_see_waiting, may_see_waiting
from service.workflow.waiting import cutoffs

_SHOWN = 500


def list_waiting_too_long(desk: Desk, person: Person) -> tuple[LateItem, ...]:
    """The letters that somebody should look at."""
    check_may_see_waiting(person)
    with desk.database.reading() as connection:
        found = find_late(connection, cutoffs(desk.settings, desk.now()), limit=_SHOWN)
    return tuple(
        LateItem(
            letter_id=one.letter_id,
            state=one.state,
            changed_at=one.changed_at,
            direction=one.direction,
            case_id=one.case_id,
        )
        for one in found
    )


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
