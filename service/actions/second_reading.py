"""
Four eyes: why a letter needs a second reader, the two readings, and settling what they differ in.

Contract: the second reader begins with the machine's own draft and sees nothing of the first
reading until their own is done. Both names stand in the approval, and they are never the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from anonymizer.model import SecondReading, TreatmentAction
from service.actions.correcting import proof_of, proof_of_marks
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter, letter_event, read_letter_as_seen
from service.actions.pair_policy import pair_rulings
from service.store.database import Writing
from service.store.drafts import last_correction_number
from service.store.letters import change_letter
from service.store.second_readings import save_first_reading, save_second_reading
from service.workflow.audit import AuditAction
from service.workflow.errors import NotReady
from service.workflow.gates import check_pass_to_senior, check_settle
from service.workflow.people import Person
from service.workflow.readings import (
    Phase,
    Reader,
    Reading,
    TwoReadings,
    differences,
    settled_marks,
)
from service.workflow.records import Approval, Proof, Summary
from service.workflow.states import LetterState


def reasons_of(desk: Desk, opened: OpenedLetter) -> tuple[SecondReading, ...]:
    """Why two people have to read this letter; nothing when one is enough."""
    if opened.readings is not None:
        return opened.readings.reasons
    machine = opened.draft.second_reading if opened.draft else ()
    return (*machine, *_of_site(desk, opened), *_of_people(desk, opened))


def after_first_reading(
    desk: Desk,
    tx: Writing,
    person: Person,
    opened: OpenedLetter,
    reasons: tuple[SecondReading, ...],
) -> int:
    """One person has read it: keep that, and begin anew for another one."""
    proof, row = _proof(opened), opened.row
    start = proof_of(desk, opened, ())
    readings = TwoReadings(
        reasons=reasons,
        first=Reading(person_id=person.person_id, at=desk.now(), proof=proof),
        second=None,
        corrections_until=last_correction_number(tx.connection, row.letter_id),
        settled=False,
    )
    changes = {
        "state": LetterState.SECOND_READING,
        "claimed_by": None,
        "lease_until": None,
        "state_reason": None,
        "for_senior": False,
        "summary": Summary.of(opened.content.text, opened.draft, start),
    }
    event = letter_event(
        desk,
        person,
        AuditAction.LETTER_READ_FIRST,
        row.letter_id,
        digest=proof.digest,
        reasons=",".join(one.code for one in reasons)[:500],
    )
    return save_first_reading(tx, row, readings, start, changes, event=event)


def after_second_reading(
    desk: Desk, tx: Writing, person: Person, opened: OpenedLetter
) -> int | None:
    """The second reading is kept where it differs from the first; None where both agree."""
    readings, proof = opened.readings, _proof(opened)
    if readings is None or readings.phase is not Phase.SECOND:
        return None
    found = differences(readings.first.proof.marks, proof.marks)
    if not found:
        return None
    second = Reading(person_id=person.person_id, at=desk.now(), proof=proof)
    event = letter_event(
        desk,
        person,
        AuditAction.LETTER_READ_SECOND,
        opened.row.letter_id,
        digest=proof.digest,
        differences=len(found),
    )
    return save_second_reading(tx, opened.row, second, proof, _going_on(desk), event=event)


def with_readers(approval: Approval, person: Person, opened: OpenedLetter) -> Approval:
    """The approval of this person, with the names of both readers where there were two."""
    readings = opened.readings
    if readings is None:
        return approval
    second = readings.second.person_id if readings.second else person.person_id
    return replace(approval, first_reader_id=readings.first.person_id, second_reader_id=second)


def settle_readings(
    desk: Desk, person: Person, *, letter_id: str, version: int, choices: Mapping[int, Reader]
) -> int:
    """Choose one of the two readings for every difference; returns the new version."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_settle(person, opened.standing(desk))
        readings = opened.readings
        if readings is None or readings.second is None:
            raise NotReady
        marks = settled_marks(readings.first.proof.marks, readings.second.proof.marks, choices)
        proof = proof_of_marks(desk, opened, marks)
        changes = {
            **_going_on(desk),
            "summary": Summary.of(opened.content.text, opened.draft, proof),
        }
        event = letter_event(
            desk,
            person,
            AuditAction.LETTER_SETTLED,
            letter_id,
            digest=proof.digest,
            first=sum(1 for reader in choices.values() if reader is Reader.FIRST),
            second=sum(1 for reader in choices.values() if reader is Reader.SECOND),
        )
        return save_second_reading(
            tx, opened.row, readings.second, proof, changes, event=event, settled=True
        )


def read_again(desk: Desk, person: Person, *, letter_id: str, version: int) -> int:
    """Take the second reading up again, where neither reading is right."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_settle(person, opened.standing(desk))
        proof = proof_of(desk, opened, opened.corrections)
        changes = {
            **_going_on(desk),
            "summary": Summary.of(opened.content.text, opened.draft, proof),
        }
        event = letter_event(desk, person, AuditAction.LETTER_READ_AGAIN, letter_id)
        return save_second_reading(tx, opened.row, None, proof, changes, event=event)


def pass_to_senior(desk: Desk, person: Person, *, letter_id: str, version: int, reason: str) -> int:
    """Hand the letter to a senior proofreader, with the reason; what was decided stays."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_pass_to_senior(person, opened.standing(desk))
        changes = {
            "state": opened.waits_in,
            "state_reason": reason,
            "claimed_by": None,
            "lease_until": None,
            "for_senior": True,
        }
        # the reason is a person's own words and may name somebody: it stays with the letter
        event = letter_event(desk, person, AuditAction.LETTER_PASSED_ON, letter_id)
        return change_letter(tx, opened.row, changes, event=event)


def _of_site(desk: Desk, opened: OpenedLetter) -> Iterator[SecondReading]:
    settings, words = desk.settings, opened.row.summary.words
    suggestions = opened.draft.suggestions if opened.draft else 0
    if settings.second_reader_always:
        yield SecondReading(code="always", reason="Every letter is read twice here.")
    if settings.second_reader_words is not None and words > settings.second_reader_words:
        reason = f"It has {words} words: long letters are read twice."
        yield SecondReading(code="long", reason=reason)
    most = settings.second_reader_suggestions
    if most is not None and suggestions > most:
        unsure = f"The program left {suggestions} of its findings to people"
        reason = f"{unsure}: such letters are read twice."
        yield SecondReading(code="suggestions", reason=reason)


def _of_people(desk: Desk, opened: OpenedLetter) -> Iterator[SecondReading]:
    row = opened.row
    if row.exchange_released:
        reason = "A colleague released it although the rules of the exchange held it."
        yield SecondReading(code="rules_released", reason=reason)
    if row.language_released:
        reason = "A colleague released it although its language was not the one asked for."
        yield SecondReading(code="language_released", reason=reason)
    if _kept_against_rule(desk, opened):
        reason = "A passage stays readable that the rule of this exchange would take out."
        yield SecondReading(code="kept", reason=reason)
    if row.for_senior:
        reason = "It was passed to a senior proofreader."
        yield SecondReading(code="passed_on", reason=reason)


def _kept_against_rule(desk: Desk, opened: OpenedLetter) -> bool:
    rulings = pair_rulings(desk, opened.draft.routing if opened.draft else None)
    for mark in opened.proof.marks if opened.proof else ():
        action = mark.treatment.action
        if mark.author is None or action is not TreatmentAction.KEEP:
            continue
        ruling = rulings.get(mark.treatment.finding.kind)
        if ruling is not None and ruling.forbids(action):
            return True
    return False


def _going_on(desk: Desk) -> dict[str, Any]:
    return {"lease_until": desk.now() + desk.settings.claim_lease}


def _proof(opened: OpenedLetter) -> Proof:
    if opened.proof is None:
        message = "There is no outgoing text to approve."
        raise NotReady(message)
    return opened.proof
