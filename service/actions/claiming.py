"""Step 8: taking a letter for review, and giving it back."""

from service.actions.desk import Desk
from service.actions.opened import letter_event, read_letter_as_seen
from service.store.letters import change_letter
from service.workflow.audit import AuditAction
from service.workflow.gates import check_claim, check_release
from service.workflow.people import Person
from service.workflow.states import LetterState


def claim_letter(desk: Desk, person: Person, *, letter_id: str, version: int) -> int:
    """Take a free letter, or one whose lease has lapsed; a senior takes any."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_claim(person, opened.standing(desk))
        taken_over = opened.row.claimed_by not in {None, person.person_id}
        action = AuditAction.LETTER_TAKEN_OVER if taken_over else AuditAction.LETTER_CLAIMED
        changes = {
            "state": LetterState.IN_REVIEW,
            "claimed_by": person.person_id,
            "lease_until": desk.now() + desk.settings.claim_lease,
        }
        event = letter_event(desk, person, action, letter_id)
        return change_letter(tx, opened.row, changes, event=event)


def release_claim(desk: Desk, person: Person, *, letter_id: str, version: int) -> int:
    """Put the letter back into the queue; corrections stay."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_release(person, opened.standing(desk))
        changes = {"state": opened.waits_in, "claimed_by": None, "lease_until": None}
        event = letter_event(desk, person, AuditAction.LETTER_RELEASED, letter_id)
        return change_letter(tx, opened.row, changes, event=event)
