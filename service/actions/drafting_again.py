"""
Step 8: a letter is drafted anew because the words of the site changed since its draft.

Contract: only where nobody decided about a passage yet, so that no person's work is lost.
"""

from service.actions.desk import Desk
from service.actions.opened import letter_event, read_letter_as_seen
from service.store.letters import change_letter
from service.workflow.audit import AuditAction
from service.workflow.gates import check_draft_again
from service.workflow.people import Person
from service.workflow.states import LetterState


def draft_again(desk: Desk, person: Person, *, letter_id: str, version: int) -> int:
    """Put the letter back in line for a draft with the words of now; returns the new version."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_draft_again(person, opened.standing(desk))
        changes = {
            "state": LetterState.RECEIVED,
            "claimed_by": None,
            "lease_until": None,
            "attempts": 0,
            "next_try_at": desk.now(),
        }
        event = letter_event(
            desk,
            person,
            AuditAction.LETTER_DRAFTED_AGAIN,
            letter_id,
            words=opened.words_version,
        )
        return change_letter(tx, opened.row, changes, event=event)
