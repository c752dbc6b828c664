"""
The correspondence of a case: letters both ways in order, and how many more may go.

Contract: no letter text; whoever may read letters opens one by its link.
"""

from anonymizer.exchange import PairRule
from anonymizer.model import Direction, Exchange
from service.actions.correspondence_views import SideLetters, ThreadLetter, ThreadView
from service.actions.desk import Desk
from service.actions.notices import notice_view
from service.store.cases import find_case, passed_on
from service.store.correspondence import letters_of_case, receipts_of
from service.store.notices import find_notices
from service.store.people import people_names
from service.workflow.people import Person, check_may_allocate, may_read_letters
from service.workflow.writer_status import writer_status


def open_thread(desk: Desk, person: Person, *, case_id: str) -> ThreadView:
    """The thread of a case as it stands today."""
    check_may_allocate(person)
    with desk.database.reading() as connection:
        case = find_case(connection, case_id)
        exchange = case.exchange(*passed_on(connection, case_id, desk.settings.zone))
        rows = letters_of_case(connection, case_id)
        ids = [row.letter_id for row in rows]
        notices = find_notices(connection, ids)
        receipts = receipts_of(connection, ids)
        names = people_names(connection)
    views = [(one.letter_id, notice_view(one, names)) for one in notices]
    rule = desk.exchange_rules.rule_for(exchange)
    return ThreadView(
        letters=tuple(
            ThreadLetter(
                letter_id=row.letter_id,
                direction=row.direction,
                state=row.state,
                received_at=row.received_at,
                changed_at=row.changed_at,
                hold_reasons=tuple(dict.fromkeys(hold.reason for hold in row.holds)),
                writer_status=writer_status(row.state, drafts=row.draft_number),
                notices=tuple(view for letter_id, view in views if letter_id == row.letter_id),
                receipt_at=receipts.get(row.letter_id),
            )
            for row in rows
        ),
        donor=_side(exchange, rule, Direction.DONOR_TO_PATIENT),
        patient=_side(exchange, rule, Direction.PATIENT_TO_DONOR),
        may_read=may_read_letters(person),
    )


def _side(exchange: Exchange, rule: PairRule, direction: Direction) -> SideLetters:
    limit = rule.letters_per_side
    return SideLetters(
        passed_on=len(exchange.passed_on(direction)),
        limit=limit.known if isinstance(limit.known, int) else None,
        unlimited=limit.value == "no_limit",
    )
