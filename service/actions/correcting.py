"""
Step 8: a person corrects the draft; the outgoing text is made anew each time.

Contract: one call is one step that `undo_last` takes back and `redo_next` makes again as a whole,
as often as there are steps; they are kept with the letter. A call with one correction that cannot
be made changes nothing, and what the machine has taken out becomes readable only when the person
was asked. Words that a person wrote are searched like a letter.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from anonymizer.model import Finding, Residual, Treatment, TreatmentAction
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter, letter_event, read_letter_as_seen
from service.actions.pair_policy import pair_rulings
from service.actions.site_pipeline import rescan_now
from service.store.database import Writing
from service.store.drafts import (
    last_correction_number,
    numbered,
    save_corrections,
    turn_corrections,
)
from service.workflow.audit import AuditAction
from service.workflow.corrections import (
    Correction,
    CorrectionKind,
    MadeCorrection,
    Mark,
    apply_corrections,
    machine_marks,
    uncovered,
)
from service.workflow.errors import BadRequest, NotReady, Uncovers
from service.workflow.gates import check_correct, check_redo, check_undo
from service.workflow.own_words import has_own_words, readable_in_own_words
from service.workflow.people import Person
from service.workflow.records import Proof, Summary

_MOST_AT_ONCE = 500


def correct(
    desk: Desk,
    person: Person,
    *,
    letter_id: str,
    version: int,
    corrections: tuple[Correction, ...],
    asked: bool = False,
) -> int:
    """
    Make the corrections; returns the new version.

    Raises `Uncovers` when something the machine has taken out would be readable and the person was
    not `asked`.
    """
    if not 0 < len(corrections) <= _MOST_AT_ONCE:
        message = "Send at least one correction and not more than 500 at once."
        raise BadRequest(message)
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_correct(person, opened.standing(desk))
        _check_rule(desk, opened, corrections)
        new = tuple(_made(person, one, desk.now()) for one in corrections)
        after = last_correction_number(tx.connection, letter_id)
        new = numbered(new, after=after, at=desk.now())
        proof = proof_of(desk, opened, (*opened.corrections, *new))
        _check_asked(opened, proof, asked=asked)
        event = letter_event(
            desk,
            person,
            AuditAction.LETTER_CORRECTED,
            letter_id,
            corrections=",".join(_code(one) for one in new)[:500],
            count=len(new),
            digest=proof.digest,
        )
        return save_corrections(
            tx, opened.row, new, proof, _changes(desk, opened, proof), event=event
        )


def undo_last(desk: Desk, person: Person, *, letter_id: str, version: int) -> int:
    """Take back the corrections of the last call; returns the new version."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_undo(person, opened.standing(desk))
        return _turn(desk, person, tx, opened, opened.journal.last or 0, undone=True)


def redo_next(desk: Desk, person: Person, *, letter_id: str, version: int) -> int:
    """Make the corrections again that were taken back last; returns the new version."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_redo(person, opened.standing(desk))
        return _turn(desk, person, tx, opened, opened.journal.next or 0, undone=False)


def _turn(
    desk: Desk, person: Person, tx: Writing, opened: OpenedLetter, batch: int, *, undone: bool
) -> int:
    journal = opened.journal
    proof = proof_of(desk, opened, journal.without_last() if undone else journal.with_next())
    done = AuditAction.LETTER_CORRECTION_UNDONE if undone else AuditAction.LETTER_CORRECTION_REDONE
    event = letter_event(desk, person, done, opened.row.letter_id, batch=batch, digest=proof.digest)
    changes = _changes(desk, opened, proof)
    return turn_corrections(tx, opened.row, batch, proof, changes, undone=undone, event=event)


def _check_asked(opened: OpenedLetter, proof: Proof, *, asked: bool) -> None:
    if asked or opened.draft is None or opened.proof is None:
        return
    spans = uncovered(
        opened.draft.treatments, opened.proof.marks, proof.marks, opened.content.text or ""
    )
    if spans:
        raise Uncovers(spans)


def _check_rule(desk: Desk, opened: OpenedLetter, corrections: tuple[Correction, ...]) -> None:
    """What tells more than the rule of the exchange lets needs a reason, as keeping always does."""
    kinds = {
        mark.finding_id: mark.treatment.finding.kind
        for mark in (opened.proof.marks if opened.proof else ())
    }
    rulings = pair_rulings(desk, opened.draft.routing if opened.draft else None)
    for one in corrections:
        kind = kinds.get(one.finding_id or "")
        if one.kind is not CorrectionKind.GENERALIZE or kind is None or (one.reason or "").strip():
            continue
        ruling = rulings.get(kind)
        if ruling is not None and ruling.forbids(TreatmentAction.GENERALIZE):
            message = f"{ruling.sentence} To generalise instead tells more: give a reason."
            raise BadRequest(message)


def _made(person: Person, correction: Correction, at: datetime) -> MadeCorrection:
    return MadeCorrection(number=0, batch=0, author=person.person_id, at=at, correction=correction)


def proof_of(desk: Desk, opened: OpenedLetter, made: tuple[MadeCorrection, ...]) -> Proof:
    """The draft with these corrections, as it would leave."""
    if opened.draft is None:
        message = "There is no draft to correct."
        raise NotReady(message)
    letter, verdict = opened.letter, opened.draft.language

    def treat(finding: Finding, action: TreatmentAction) -> Treatment:
        return desk.pipeline.replacement_for(letter, finding, action, verdict=verdict)

    marks = apply_corrections(
        machine_marks(opened.draft.treatments), made, treat=treat, length=len(letter.text)
    )
    return proof_of_marks(desk, opened, marks)


def proof_of_marks(desk: Desk, opened: OpenedLetter, marks: tuple[Mark, ...]) -> Proof:
    """The letter with exactly these marks, numbered anew and checked for leaks."""
    letter, verdict = opened.letter, opened.draft.language if opened.draft else None
    own = frozenset(mark.span for mark in marks if mark.words is not None)
    treatments = tuple(mark.treatment for mark in marks)
    treatments = desk.pipeline.renumbered(letter, treatments, own, verdict=verdict)
    marks = tuple(
        replace(mark, treatment=_worded(mark, treatment))
        for mark, treatment in zip(marks, treatments, strict=True)
    )
    treatments = tuple(mark.treatment for mark in marks)
    redrafted = desk.pipeline.redraft(letter, treatments, opened.known, verdict=verdict)
    typed: tuple[Residual, ...] = ()
    if has_own_words(marks):
        found = rescan_now(desk, redrafted.redaction.text, opened.known)
        typed = readable_in_own_words(redrafted.redaction, marks, found, letter.text)
    return Proof.of(marks, redrafted.redaction, (*redrafted.residuals, *typed))


def _worded(mark: Mark, treatment: Treatment) -> Treatment:
    """The treatment with the words that a person wrote in the place of those of the rules."""
    return treatment if mark.words is None else replace(treatment, replacement=mark.words)


def _changes(desk: Desk, opened: OpenedLetter, proof: Proof) -> dict[str, Any]:
    return {
        "summary": Summary.of(opened.content.text, opened.draft, proof),
        "lease_until": desk.now() + desk.settings.claim_lease,
    }


def _code(made: MadeCorrection) -> str:
    return f"{made.correction.kind.value}:{made.correction.finding_id or f'a{made.number}'}"
