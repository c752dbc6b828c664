"""
The desk of the rules: letters that may not go yet, or not without a person's word.

Contract: nothing gets looser by itself. A letter goes on from here when the rules, asked about
today's case, have nothing against it any more (then it is drafted again from the start), or when
a person releases exactly the reasons that were shown. What the rules refuse nobody releases, nor a
letter before the day of donation or transplant: if a date is wrong, the case is corrected.
"""

from datetime import datetime, time, timedelta

from anonymizer.model import Hold, Stage
from service.actions.deciding import checked_reason
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter, letter_event, read_letter, read_letter_as_seen
from service.store.letters import (
    change_letter,
    has_next_letter,
    leave_until,
    next_letter,
    take_up_now,
)
from service.workflow.audit import AuditAction
from service.workflow.desks import desk_of, without
from service.workflow.errors import StaleVersion
from service.workflow.gates import (
    check_give_to_exchange_desk,
    check_recheck_exchange,
    check_release_exchange,
)
from service.workflow.people import SYSTEM, Person
from service.workflow.states import LetterState

#: Asked again so often even if nobody says that something has changed.
_EVERY = timedelta(hours=1)
_SHOWN_ELSE = (
    "The reasons have changed since you opened the page. Look at them again before you decide."
)


def recheck_next(desk: Desk) -> str | None:
    """
    Ask the rules again about a letter whose turn it is; returns its id, or None when none is.

    Its turn comes with the next day, with every change of a case, with a letter that leaves, and
    with every start of the service, which may have read other rules.
    """
    with desk.database.reading() as connection:
        if not has_next_letter(connection, LetterState.HELD_EXCHANGE, now=desk.now()):
            return None
    with desk.database.writing() as tx:
        seen = next_letter(tx.connection, LetterState.HELD_EXCHANGE, now=desk.now())
        if seen is None:
            return None
        opened = read_letter(tx.connection, seen.letter_id)
        if opened.judged(desk).open == _of_rules(seen.holds):
            leave_until(tx, seen, _next_turn(desk))
        else:
            event = letter_event(desk, SYSTEM, AuditAction.LETTER_EXCHANGE_CHECKED, seen.letter_id)
            change_letter(tx, seen, _from_the_start(desk), event=event)
        return seen.letter_id


def look_at_all_again(desk: Desk) -> None:
    """Every letter at this desk has its turn now."""
    with desk.database.writing() as tx:
        take_up_now(tx, LetterState.HELD_EXCHANGE, desk.now())


def recheck_exchange(desk: Desk, person: Person, *, letter_id: str, version: int) -> int:
    """Draft the letter again with the case and the rules of today; returns the new version."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_recheck_exchange(person, opened.standing(desk))
        event = letter_event(desk, person, AuditAction.LETTER_EXCHANGE_CHECKED, letter_id)
        return change_letter(tx, opened.row, _from_the_start(desk), event=event)


def release_exchange(
    desk: Desk, person: Person, *, letter_id: str, version: int, seal: str, reason: str
) -> int:
    """
    Let the letter go on to the next desk although the rules hold it; returns the new version.

    `seal` says which reasons the person saw (`ExchangeView.seal`); other ones are `StaleVersion`.
    The release covers these and no later ones.
    """
    reason = checked_reason(reason)
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_release_exchange(person, opened.standing(desk))
        judged = opened.judged(desk)
        if judged.seal != seal:
            raise StaleVersion(_SHOWN_ELSE)
        holds = without(opened.row.holds, Stage.EXCHANGE)
        state = _next_desk(opened, holds)
        changes = {
            "state": state,
            "state_reason": reason,
            "holds": holds,
            "exchange_released": judged.holds,
        }
        # the reason is a person's own words and may name somebody: it stays with the letter
        event = letter_event(
            desk,
            person,
            AuditAction.LETTER_EXCHANGE_RELEASED,
            letter_id,
            state=state.value,
            holds=_codes(judged.holds),
            reasons=seal,
            rules=desk.exchange_rules.digest,
        )
        return change_letter(tx, opened.row, changes, event=event)


def give_to_exchange_desk(desk: Desk, person: Person, *, letter_id: str, version: int) -> int:
    """Hand a letter in review that the rules hold by now to the coordinators."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_give_to_exchange_desk(person, opened.standing(desk))
        holds = opened.judged(desk).open
        changes = {
            "state": LetterState.HELD_EXCHANGE,
            "claimed_by": None,
            "lease_until": None,
            "holds": (*without(opened.row.holds, Stage.EXCHANGE), *holds),
            "next_try_at": desk.now(),
        }
        event = letter_event(
            desk, person, AuditAction.LETTER_EXCHANGE_HELD, letter_id, holds=_codes(holds)
        )
        return change_letter(tx, opened.row, changes, event=event)


def _of_rules(holds: tuple[Hold, ...]) -> tuple[Hold, ...]:
    return tuple(hold for hold in holds if hold.stage is Stage.EXCHANGE)


def _from_the_start(desk: Desk) -> dict[str, object]:
    return {"state": LetterState.RECEIVED, "attempts": 0, "next_try_at": desk.now()}


def _next_desk(opened: OpenedLetter, holds: tuple[Hold, ...]) -> LetterState:
    """The draft stays as it is; a hold of another stage still holds."""
    state = desk_of(holds, residuals=opened.row.summary.residuals > 0)
    return opened.waits_in if state is LetterState.READY else state


def _next_turn(desk: Desk) -> datetime:
    """The next midnight where the keeping registry is, or earlier."""
    tomorrow = desk.today() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=desk.settings.zone)
    return min(midnight, desk.now() + _EVERY)


def _codes(holds: tuple[Hold, ...]) -> str:
    return ",".join(hold.code for hold in holds)[:500]
