"""
A copy of what is held about one person of a case, for that person (GDPR articles 15 and 20).

Contract: one person asks for it, another one agrees, and either fetches it within a week. It holds
what is known of this side and the letters that this side wrote and got; nothing that tells who the
other side is: neither its identifiers, nor its clinic, donor centre or country, nor the original
text of its letters. Made when it is fetched and kept nowhere; every step is an event.
"""

import json
import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from anonymizer.model import Direction, RegisteredCase, Side
from service.actions.desk import Desk
from service.actions.tokens import event_of
from service.store.audit import append_event
from service.store.cases import find_case
from service.store.correspondence import letters_of_case
from service.store.database import Connection
from service.store.letters import StoredLetter, find_content
from service.store.notices import find_notices
from service.store.people import people_names
from service.store.releases import find_dispatch
from service.store.subject_copies import (
    SubjectCopy,
    confirm_copy,
    copies_of,
    find_copy,
    insert_copy,
    withdraw_copy,
)
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import Erased, IllegalTransition, NotAllowed
from service.workflow.people import Permission, Person, check_may
from service.workflow.retention import Part, reaches
from service.workflow.states import LetterState
from service.workflow.writer_status import writer_status

_FETCHED_WITHIN = timedelta(days=7)
_NOT_IN_IT = (
    "Who the other side is, its clinic or donor centre and its country are not told: the law and "
    "the consents of both sides keep them apart. Letters of the other side are given as they were "
    "passed on. Events of the audit trail hold no words; ask the registry for their times."
)
_WRITES = {Side.DONOR: Direction.DONOR_TO_PATIENT, Side.PATIENT: Direction.PATIENT_TO_DONOR}


def list_copies(desk: Desk, person: Person, *, case_id: str) -> tuple[SubjectCopy, ...]:
    """Every request of a case, the newest first; people by their names."""
    check_may(person, Permission.COPY_FOR_SUBJECT)
    with desk.database.reading() as connection:
        find_case(connection, case_id)
        names = people_names(connection)
        found = copies_of(connection, case_id)
    return tuple(
        replace(
            one,
            proposed_by=names.get(one.proposed_by, one.proposed_by),
            confirmed_by=names.get(one.confirmed_by or "", one.confirmed_by),
            withdrawn_by=names.get(one.withdrawn_by or "", one.withdrawn_by),
        )
        for one in found
    )


def propose_copy(desk: Desk, person: Person, *, case_id: str, side: Side) -> str:
    """The first of two people: the person of this side asked for it, and is who they say."""
    check_may(person, Permission.COPY_FOR_SUBJECT)
    one = SubjectCopy(
        copy_id=uuid.uuid4().hex,
        case_id=case_id,
        side=side,
        proposed_at=desk.now(),
        proposed_by=person.person_id,
    )
    with desk.database.writing() as tx:
        find_case(tx.connection, case_id)
        if any(had.open and had.side is side for had in copies_of(tx.connection, case_id)):
            message = "A copy for this side was asked for already; a second person confirms it."
            raise IllegalTransition(message)
        insert_copy(tx, one, event=_event(desk, person, AuditAction.COPY_PROPOSED, one))
    return one.copy_id


def confirm_proposed_copy(desk: Desk, person: Person, *, case_id: str, copy_id: str) -> None:
    """The second of two people."""
    check_may(person, Permission.COPY_FOR_SUBJECT)
    with desk.database.writing() as tx:
        one = find_copy(tx.connection, case_id, copy_id)
        if one.proposed_by == person.person_id:
            message = "You asked for this copy. Another person has to confirm it."
            raise NotAllowed(message)
        confirm_copy(tx, copy_id, event=_event(desk, person, AuditAction.COPY_CONFIRMED, one))


def withdraw_proposed_copy(desk: Desk, person: Person, *, case_id: str, copy_id: str) -> None:
    """The request is taken back, or a second person says no."""
    check_may(person, Permission.COPY_FOR_SUBJECT)
    with desk.database.writing() as tx:
        one = find_copy(tx.connection, case_id, copy_id)
        withdraw_copy(tx, copy_id, event=_event(desk, person, AuditAction.COPY_WITHDRAWN, one))


def fetch_copy(desk: Desk, person: Person, *, case_id: str, copy_id: str) -> bytes:
    """The copy as JSON; `IllegalTransition` before it was confirmed and a week after."""
    check_may(person, Permission.COPY_FOR_SUBJECT)
    with desk.database.writing() as tx:
        one = find_copy(tx.connection, case_id, copy_id)
        if one.confirmed_at is None:
            message = "Another person has to confirm this copy first."
            raise IllegalTransition(message)
        if desk.now() - one.confirmed_at > _FETCHED_WITHIN:
            message = "This copy was confirmed more than a week ago. Ask for it anew."
            raise IllegalTransition(message)
        if person.person_id not in {one.proposed_by, one.confirmed_by}:
            message = "The copy is fetched by one of the two people who asked for and confirmed it."
            raise NotAllowed(message)
        told = _told(desk, tx.connection, one)
        # who holds a copy is on record before anybody holds it
        append_event(tx, event=_event(desk, person, AuditAction.COPY_FETCHED, one))
    return json.dumps(told, ensure_ascii=False, indent=2, default=_plain).encode("utf-8")


def _told(desk: Desk, connection: Connection, one: SubjectCopy) -> dict[str, Any]:
    case = find_case(connection, one.case_id)
    letters = letters_of_case(connection, one.case_id)
    written = [row for row in letters if row.direction is _WRITES[one.side]]
    got = [
        row
        for row in letters
        if row.direction not in {None, _WRITES[one.side]} and row.state is LetterState.DISPATCHED
    ]
    return {
        "made_at": desk.now(),
        "side": one.side.value,
        "about_you": _about(case, one.side),
        "letters_you_wrote": [_written(connection, row) for row in written],
        "letters_you_got": [_got(connection, row) for row in got],
        "kept_until": {
            "days_after_a_letter_left": {
                "identifiers": desk.settings.keep_identity_days,
                "what_was_found_in_it": desk.settings.keep_findings_days,
                "original": desk.settings.keep_original_days,
                "everything": desk.settings.keep_letters_days,
            }
        },
        "not_in_this_copy": _NOT_IN_IT,
    }


def _about(case: RegisteredCase, side: Side) -> dict[str, Any]:
    donor = side is Side.DONOR
    known = case.known_donor if donor else case.known_patient
    consents = case.donor_consents if donor else case.patient_consents
    about: dict[str, Any] = {
        "known": [{"kind": one.kind.value, "value": one.value} for one in known],
        "country": case.donor_country if donor else case.patient_country,
        "language": case.donor_language if donor else case.patient_language,
        "consents": {name: getattr(consents, name) for name in type(consents).__slots__},
        "deliverable": (case.donor_deliverable if donor else case.patient_deliverable).value,
    }
    if donor:
        return {**about, "number": case.donor_number, "donated_on": case.donation_dates}
    return {
        **about,
        "number": case.patient_reference,
        "clinic": case.clinic_name,
        "transplanted_on": case.transplant_dates,
    }


def _written(connection: Connection, row: StoredLetter) -> dict[str, Any]:
    notices = find_notices(connection, [row.letter_id])
    return {
        "letter": row.letter_id,
        "received_at": row.received_at,
        "status": writer_status(row.state, drafts=row.draft_number),
        "text": _original(connection, row),
        "passed_on_as": _passed_on(connection, row),
        "what_you_were_told": [
            {"at": one.made_at, "kind": one.kind.value, "text": one.text} for one in notices
        ],
        "erased": row.erased,
    }


def _got(connection: Connection, row: StoredLetter) -> dict[str, Any]:
    return {"text": _passed_on(connection, row), "erased": row.erased}


def _original(connection: Connection, row: StoredLetter) -> str | None:
    if reaches(row.erased, Part.ORIGINAL):
        return None
    return find_content(connection, row.letter_id).text


def _passed_on(connection: Connection, row: StoredLetter) -> str | None:
    if row.state is not LetterState.DISPATCHED or reaches(row.erased, Part.EVERYTHING):
        return None
    try:
        return find_dispatch(connection, row.letter_id).approval.text
    except Erased:
        return None


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _event(desk: Desk, person: Person, action: AuditAction, one: SubjectCopy) -> AuditEvent:
    return event_of(desk, person, action, case=one.case_id, side=one.side.value, copy=one.copy_id)
