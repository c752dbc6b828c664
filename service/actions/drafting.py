"""
Steps 2-7 in the service: the worker takes the oldest letter, lets the pipeline draft it, stores.

Contract: taking commits a lease with a fencing number before the work begins, and the work is
stored only while that number holds. Whatever goes wrong leads to another try or to a hold.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from anonymizer.model import Case, Draft, Hold, Letter, Stage
from service.actions.desk import Desk
from service.store.cases import StoreRegister, case_with_letters, find_case
from service.store.database import Writing
from service.store.drafts import NewDraft, save_draft
from service.store.letters import (
    StoredLetter,
    change_letter,
    find_content,
    find_letters,
    next_letter,
)
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.desks import desk_of, without, without_released
from service.workflow.people import SYSTEM
from service.workflow.records import MachineDraft, Proof, Summary
from service.workflow.states import LetterState

_ALL = 1_000_000
_DRAFTING = frozenset({LetterState.DRAFTING})
_APPROVED = frozenset({LetterState.APPROVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWork:
    """A letter a worker has taken: the row after taking it, and what the pipeline needs."""

    row: StoredLetter
    letter: Letter
    case: Case | None
    content: bytes = field(repr=False)
    is_file: bool
    """True while its file was not read: there is no text yet."""


def take_letter(desk: Desk) -> DraftWork | None:
    """Take the oldest letter that waits for a draft; the try is counted now, not afterwards."""
    now = desk.now()
    with desk.database.writing() as tx:
        seen = next_letter(tx.connection, LetterState.RECEIVED, now=now)
        if seen is None:
            return None
        lease_until = now + desk.settings.draft_lease
        taken = {
            "state": LetterState.DRAFTING,
            "attempts": seen.attempts + 1,
            "lease_token": seen.lease_token + 1,
            "lease_until": lease_until,
        }
        event = _event(desk, AuditAction.LETTER_DRAFTING, seen, attempt=seen.attempts + 1)
        version = change_letter(tx, seen, taken, event=event)
        content = find_content(tx.connection, seen.letter_id)
        case = _settled_case(desk, tx, seen)
    row = replace(
        seen,
        version=version,
        state=LetterState.DRAFTING,
        attempts=seen.attempts + 1,
        lease_token=seen.lease_token + 1,
        lease_until=lease_until,
    )
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

    A case that a coordinator has settled goes the same way as one found by its number.
    """
    circumstances = replace(work.row.circumstances, today=desk.today(), case=work.case)
    register = StoreRegister(desk.database, desk.settings.zone)
    return desk.pipeline.draft(work.letter, circumstances, register)


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
    row = work.row
    last = final or row.attempts >= desk.settings.max_attempts
    state = LetterState.HELD_FAULT if last else LetterState.RECEIVED
    pause = desk.settings.retry_pause_s * 2 ** (row.attempts - 1)
    changes = {
        "state": state,
        "lease_until": None,
        "next_try_at": desk.now() + timedelta(seconds=pause),
        "holds": (_fault_hold(code),) if last else (),
    }
    event = _event(desk, AuditAction.LETTER_DRAFT_FAILED, row, code=code, state=state.value)
    with desk.database.writing() as tx:
        change_letter(tx, row, changes, event=event)
    return state


def requeue_abandoned(desk: Desk, *, all_of_them: bool = False) -> int:
    """
    Put letters back whose worker is gone: those with a lapsed lease.

    `all_of_them` right after the start of the only service on a database: nobody drafts yet.
    """
    now = desk.now()
    count = 0
    with desk.database.writing() as tx:
        for seen in find_letters(tx.connection, states=_DRAFTING, limit=_ALL):
            if not all_of_them and seen.lease_until is not None and seen.lease_until > now:
                continue
            last = seen.attempts >= desk.settings.max_attempts
            state = LetterState.HELD_FAULT if last else LetterState.RECEIVED
            changes = {
                "state": state,
                "lease_until": None,
                "lease_token": seen.lease_token + 1,
                "holds": (_fault_hold("abandoned"),) if last else (),
            }
            event = _event(desk, AuditAction.LETTER_REQUEUED, seen, state=state.value)
            change_letter(tx, seen, changes, event=event)
            count += 1
        if all_of_them:
            _free_approved(desk, tx)
    return count


def _free_approved(desk: Desk, tx: Writing) -> None:
    """A dispatch that was cut off is taken up at once; its id makes a second delivery the first."""
    for seen in find_letters(tx.connection, states=_APPROVED, limit=_ALL):
        if seen.lease_until is not None:
            changes = {"lease_until": None, "lease_token": seen.lease_token + 1}
            event = _event(desk, AuditAction.LETTER_REQUEUED, seen, state=seen.state.value)
            change_letter(tx, seen, changes, event=event)


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
        "abandoned": "The service stopped several times while it drafted this letter.",
        "reader_failed": "The file could not be read after several tries. Look at the original.",
        "no_draft": "The machine could not draft this letter.",
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
