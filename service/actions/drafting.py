"""
Steps 2-7 in the service: the worker takes the next letter, lets the pipeline draft it, stores.

Contract: taking commits who has the letter, under a new number of the lease, before the work
begins; the work is stored only while that number holds. Whatever goes wrong leads to another try
or to a hold.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from anonymizer.model import Case, Draft, Hold, Letter, Stage
from service.actions.desk import Desk
from service.actions.leasing import pause_after
from service.actions.site_pipeline import site_pipeline
from service.store.cases import StoreRegister, case_with_letters, find_case
from service.store.database import Writing
from service.store.drafts import NewDraft, save_draft
from service.store.letters import (
    LetterContent,
    StoredLetter,
    change_letter,
    find_content,
    has_next_letter,
)
from service.store.order_of_drafts import next_to_draft
from service.store.workers import check_entered
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.desks import desk_of, without, without_released
from service.workflow.errors import SealBroken
from service.workflow.people import SYSTEM
from service.workflow.records import MachineDraft, Proof, Summary
from service.workflow.states import LetterState


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWork:
    """A letter a worker has taken: the row after taking it, and what the pipeline needs."""

    row: StoredLetter
    letter: Letter
    case: Case | None
    content: bytes = field(repr=False)
    is_file: bool
    """True while its file was not read: there is no text yet."""


def take_letter(desk: Desk, worker_id: str) -> DraftWork | None:
    """
    Take the next letter that waits for a draft; the try is counted now, not afterwards.

    Raises `WorkerGone` for a worker that was struck off.
    """
    now = desk.now()
    with desk.database.reading() as connection:
        if not has_next_letter(connection, LetterState.RECEIVED, now=now):
            check_entered(connection, worker_id)
            return None
    with desk.database.writing() as tx:
        check_entered(tx.connection, worker_id)
        seen = next_to_draft(tx.connection, now=now)
        if seen is None:
            return None
        # read before the event: from there on, whoever else writes an event has to wait for us
        content, case = _what_to_draft(desk, tx, seen)
        taken: dict[str, Any] = {
            "state": LetterState.DRAFTING,
            "attempts": seen.attempts + 1,
            "lease_token": seen.lease_token + 1,
            "lease_until": None,
            "worker_id": worker_id,
        }
        event = _event(desk, AuditAction.LETTER_DRAFTING, seen, attempt=seen.attempts + 1)
        version = change_letter(tx, seen, taken, event=event)
        row = replace(seen, version=version, **taken)
        if content is None:
            # nobody can open it any more: a person has to know, and the next letter has its turn
            _give_up(desk, tx, row, code="seal_broken", last=True)
            return None
    return DraftWork(
        row=row,
        letter=_pipeline_letter(seen, content.text or ""),
        case=case,
        content=content.content,
        is_file=content.text is None,
    )


def make_draft(desk: Desk, work: DraftWork) -> Draft:
    """
    Let the pipeline work, outside of any transaction.

    A case that a coordinator has settled goes the same way as one found by its number. Raises
    `RulesError` when the words of the site cannot be loaded.
    """
    circumstances = replace(work.row.circumstances, today=desk.today(), case=work.case)
    register = StoreRegister(desk.database, desk.settings.zone)
    return site_pipeline(desk).draft(work.letter, circumstances, register)


def store_draft(desk: Desk, work: DraftWork, draft: Draft) -> LetterState:
    """Keep the draft and move the letter on; `StaleVersion` if the lease was lost."""
    state, holds = _destination(draft, work.row)
    kept, proof = MachineDraft.of(draft), Proof.of_draft(draft)
    changes = {
        "state": state,
        "holds": holds,
        "summary": Summary.of(work.letter.text, kept, proof),
        "lease_until": None,
        "attempts": 0,
        # at the desk of the rules its turn comes at once: the case may have changed meanwhile
        "next_try_at": desk.now(),
    }
    action = AuditAction.LETTER_DRAFTED if state is LetterState.READY else AuditAction.LETTER_HELD
    event = _event(
        desk, action, work.row, state=state.value, holds=",".join(hold.code for hold in holds)
    )
    with desk.database.writing() as tx:
        save_draft(tx, work.row, NewDraft(draft=kept, proof=proof), changes, event=event)
    return state


def give_up_draft(desk: Desk, work: DraftWork, *, code: str, final: bool = False) -> LetterState:
    """The draft failed: try again later, or ask a person after the last try."""
    last = final or work.row.attempts >= desk.settings.max_attempts
    with desk.database.writing() as tx:
        return _give_up(desk, tx, work.row, code=code, last=last)


def _give_up(desk: Desk, tx: Writing, row: StoredLetter, *, code: str, last: bool) -> LetterState:
    state = LetterState.HELD_FAULT if last else LetterState.RECEIVED
    changes = {
        "state": state,
        "lease_until": None,
        "next_try_at": desk.now() + pause_after(desk, row.attempts),
        "holds": (_fault_hold(code),) if last else (),
    }
    event = _event(desk, AuditAction.LETTER_DRAFT_FAILED, row, code=code, state=state.value)
    change_letter(tx, row, changes, event=event)
    return state


def _what_to_draft(
    desk: Desk, tx: Writing, seen: StoredLetter
) -> tuple[LetterContent | None, Case | None]:
    """Its content, None where the seal is broken, and the case that a coordinator has named."""
    try:
        return find_content(tx.connection, seen.letter_id), _settled_case(desk, tx, seen)
    except SealBroken:
        return None, None


def _settled_case(desk: Desk, tx: Writing, row: StoredLetter) -> Case | None:
    """The case that a coordinator has said the letter belongs to."""
    if row.case_id is None:
        return None
    case = find_case(tx.connection, row.case_id)
    return case_with_letters(tx.connection, case, desk.settings.zone)


def _pipeline_letter(row: StoredLetter, text: str) -> Letter:
    return Letter(
        letter_id=row.letter_id,
        text=text,
        direction=row.direction,
        cover_number=row.cover_number,
        channel=row.channel,
        received_at=row.received_at,
    )


def _destination(draft: Draft, row: StoredLetter) -> tuple[LetterState, tuple[Hold, ...]]:
    holds = without_released(draft.holds, row.exchange_released)
    if row.language_released:
        holds = without(holds, Stage.LANGUAGE)
    if draft.redaction is None:
        return LetterState.HELD_FAULT, holds or (_fault_hold("no_draft"),)
    # the draft takes a letter without a direction for the donor's; where it goes is not guessed
    unclear = draft.routing is None or draft.routing.case_id is None
    if not any(hold.stage is Stage.ALLOCATION for hold in holds) and (
        unclear or row.direction is None
    ):
        holds = (*holds, _allocation_hold(unclear=unclear))
    return desk_of(holds, residuals=bool(draft.residuals)), holds


def _allocation_hold(*, unclear: bool) -> Hold:
    if unclear:
        reason = "No case of the register belongs to this letter yet."
        return Hold(stage=Stage.ALLOCATION, code="no_case", reason=reason)
    reason = "It is not known who wrote this letter, the donor or the patient."
    return Hold(stage=Stage.ALLOCATION, code="no_direction", reason=reason)


def _fault_hold(code: str) -> Hold:
    sentences = {
        "timeout": "The letter took too long to draft.",
        "seal_broken": "The stored letter was changed or damaged. Ask its sender for it again.",
        "reader_failed": "The file could not be read after several tries. Look at the original.",
        "no_draft": "The machine could not draft this letter.",
        "site_words": "The words of this site cannot be loaded. Tell whoever runs the service.",
    }
    reason = sentences.get(code, "The letter could not be drafted after several tries.")
    stage = Stage.INTAKE if code == "reader_failed" else Stage.DETECTION
    return Hold(stage=stage, code=code, reason=reason)


def _event(desk: Desk, action: AuditAction, row: StoredLetter, **details: str | int) -> AuditEvent:
    return AuditEvent(
        at=desk.now(),
        actor=SYSTEM.person_id,
        action=action,
        letter_id=row.letter_id,
        details=details,
    )
