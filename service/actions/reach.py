"""
Whom a letter or a case has reached, from the audit trail: for the report of a breach (72 hours).

Contract: for the operator. Ids, times, names of staff and ids of recipients; no word of a letter
and no donor or patient. That it was asked is an event itself. `audit verify` checks the trail.
"""

from dataclasses import dataclass
from datetime import datetime

from service.actions.desk import Desk
from service.actions.tokens import event_of
from service.store.audit import append_event, events_between
from service.store.correspondence import case_of_letter
from service.store.people import people_names
from service.workflow.audit import AuditAction
from service.workflow.people import Permission, Person, check_may

#: What makes somebody know something of a letter or of a person.
_REACHED = (
    AuditAction.LETTER_OPENED,
    AuditAction.LETTER_FILE_OPENED,
    AuditAction.LETTER_DISPATCHED,
    AuditAction.CASE_IDENTITIES_SHOWN,
    AuditAction.RELEASE_CONFIRMED,
    AuditAction.COPY_FETCHED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Somebody, by name or id, got to know a letter, or what is known of a case."""

    at: datetime
    how: str
    who: str
    letter_id: str | None
    case_id: str | None
    digest: str = ""


def find_reached(
    desk: Desk,
    person: Person,
    *,
    since: datetime,
    until: datetime,
    letter_id: str | None = None,
    case_id: str | None = None,
) -> tuple[Reached, ...]:
    """Who got to know what in this time, in order; of one letter or case, or of all."""
    check_may(person, Permission.KEEP_DATA)
    asked = event_of(desk, person, AuditAction.BREACH_REPORTED)
    with desk.database.writing() as tx:
        append_event(tx, event=asked)
        names = people_names(tx.connection)
        events = events_between(tx.connection, _REACHED, since=since, until=until)
        cases: dict[str, str | None] = {}
        for one in events:
            if one.letter_id is not None and one.letter_id not in cases:
                cases[one.letter_id] = case_of_letter(tx.connection, one.letter_id)
    found = (
        Reached(
            at=one.at,
            how=one.action.value,
            who=str(one.details.get("recipient") or names.get(one.actor, one.actor)),
            letter_id=one.letter_id,
            case_id=cases.get(one.letter_id or "") or _case_of(one.details.get("case")),
            digest=str(one.details.get("digest", "")),
        )
        for one in events
    )
    return tuple(
        one
        for one in found
        if letter_id in {None, one.letter_id} and case_id in {None, one.case_id}
    )


def _case_of(told: str | int | None) -> str | None:
    return None if told is None else str(told)
