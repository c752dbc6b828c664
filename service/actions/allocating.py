"""Step 2 by hand: a coordinator says which case a letter belongs to, and why."""

from anonymizer.model import Direction, RegisteredCase
from service.actions.deciding import checked_reason
from service.actions.desk import Desk
from service.actions.opened import letter_event, read_letter_as_seen
from service.store.cases import find_case
from service.store.database import Connection
from service.store.letters import change_letter
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, NotFound
from service.workflow.gates import check_allocate
from service.workflow.people import Person
from service.workflow.states import LetterState


def allocate_letter(
    desk: Desk,
    person: Person,
    *,
    letter_id: str,
    version: int,
    case_id: str,
    reason: str,
    direction: Direction | None = None,
) -> int:
    """Give the letter its case; it is drafted again with what is known of that case."""
    reason = checked_reason(reason)
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_allocate(person, opened.standing(desk))
        case = _named_case(tx.connection, case_id)
        settled = direction or opened.row.direction
        if settled is None:
            message = "Say who wrote the letter: the donor or the patient."
            raise BadRequest(message)
        changes = {
            "state": LetterState.RECEIVED,
            "case_id": case.case_id,
            "direction": settled,
            "allocation_reason": reason,
            # what was released was about another case
            "exchange_released": (),
            "attempts": 0,
            "next_try_at": desk.now(),
        }
        event = letter_event(
            desk,
            person,
            AuditAction.LETTER_ALLOCATED,
            letter_id,
            case=case.case_id,
            direction=settled.value,
        )
        return change_letter(tx, opened.row, changes, event=event)


def _named_case(connection: Connection, case_id: str) -> RegisteredCase:
    """The case with this id, or `BadRequest`: the letter is there, only the id is wrong."""
    try:
        return find_case(connection, case_id)
    except NotFound:
        message = "No case has the id that was given. Look the case up by one of its numbers."
        raise BadRequest(message) from None
