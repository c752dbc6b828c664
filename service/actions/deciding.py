"""
Step 9: a person decides. Approval is bound to the digest of the outgoing text that was seen.

Contract: decision, state, audit event and, for an approval, the order to dispatch are one
transaction. Every refusal says why.
"""

import uuid
from typing import Any

from anonymizer.model import Stage
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter, letter_event, read_letter_as_seen
from service.actions.pair_policy import told_too_much
from service.store.letters import change_letter
from service.store.releases import save_approval
from service.workflow.audit import AuditAction
from service.workflow.desks import without
from service.workflow.errors import BadRequest, NotReady, StaleVersion
from service.workflow.gates import (
    Gate,
    check_approve,
    check_hold,
    check_reopen,
    check_resolve_language,
)
from service.workflow.people import Person
from service.workflow.recipients import recipient_of
from service.workflow.records import Approval
from service.workflow.states import LetterState

_LONGEST_REASON = 2000

#: Where a reopened letter goes. From RETURNED and HELD_FAULT it walks the whole path again.
_REOPENED = {
    LetterState.ON_HOLD: LetterState.READY,
    LetterState.RETURNED: LetterState.RECEIVED,
    LetterState.HELD_FAULT: LetterState.RECEIVED,
    LetterState.DISPATCH_FAILED: LetterState.APPROVED,
}

#: A file whose reading ended like this may be read again.
_READ_AGAIN = frozenset({"reader_failed", "abandoned", "timeout", "failed"})

#: The hold of a letter that differed from what was approved: only a new approval helps.
_REFUSED = AuditAction.DISPATCH_REFUSED.value


def approve_letter(desk: Desk, person: Person, *, letter_id: str, version: int, digest: str) -> int:
    """Approve exactly the outgoing text with this digest."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_approve(person, opened.standing(desk))
        if sentence := told_too_much(desk, opened):
            raise NotReady(sentence)
        if opened.proof is None or opened.proof.digest != digest:
            message = "The outgoing text is not the one you saw. Look at it again."
            raise StaleVersion(message)
        approval = _approval(desk, opened, person)
        event = letter_event(
            desk,
            person,
            AuditAction.LETTER_APPROVED,
            letter_id,
            digest=digest,
            approval=approval.approval_id,
            case=approval.case_id,
            recipient=approval.recipient_id,
            rules=approval.rules_digest,
        )
        changes = {
            "state": LetterState.APPROVED,
            "claimed_by": None,
            "lease_until": None,
            "attempts": 0,
            "next_try_at": desk.now(),
        }
        return save_approval(tx, opened.row, approval, uuid.uuid4().hex, changes, event=event)


def hold_letter(desk: Desk, person: Person, *, letter_id: str, version: int, reason: str) -> int:
    """Put the letter aside, with the reason."""
    move = _Move(check_hold, LetterState.ON_HOLD, AuditAction.LETTER_PUT_ON_HOLD)
    return _move(desk, person, move, letter_id=letter_id, version=version, reason=reason)


def resolve_language_hold(
    desk: Desk, person: Person, *, letter_id: str, version: int, reason: str
) -> int:
    """Release a letter to review although its language is not the one asked for."""
    move = _Move(check_resolve_language, LetterState.READY, AuditAction.LETTER_LANGUAGE_RELEASED)
    return _move(desk, person, move, letter_id=letter_id, version=version, reason=reason)


def reopen_letter(desk: Desk, person: Person, *, letter_id: str, version: int, reason: str) -> int:
    """Put a letter that was held, returned or not dispatched back on its way."""
    move = _Move(check_reopen, None, AuditAction.LETTER_REOPENED)
    return _move(desk, person, move, letter_id=letter_id, version=version, reason=reason)


class _Move:
    """A decision that only moves the letter; `after` None means: by where it is now."""

    def __init__(self, gate: Gate, after: LetterState | None, action: AuditAction) -> None:
        self.gate = gate
        self.after = after
        self.action = action


def _move(
    desk: Desk, person: Person, move: _Move, *, letter_id: str, version: int, reason: str
) -> int:
    reason = checked_reason(reason)
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        move.gate(person, opened.standing(desk))
        after = move.after or _reopened(opened)
        barred = opened.judged(desk).open if move.after is None else ()
        if barred and after is not LetterState.RECEIVED:
            after = LetterState.HELD_EXCHANGE
        if after is LetterState.RECEIVED and not _can_be_drafted(opened):
            message = "The file cannot be read, so it cannot be drafted. Return it to the writer."
            raise NotReady(message)
        changes: dict[str, Any] = {
            "state": after,
            "state_reason": reason,
            "claimed_by": None,
            "lease_until": None,
            "attempts": 0,
            "next_try_at": desk.now(),
        }
        if after is LetterState.HELD_EXCHANGE:
            changes["holds"] = (*without(opened.row.holds, Stage.EXCHANGE), *barred)
        if move.action is AuditAction.LETTER_LANGUAGE_RELEASED:
            changes["language_released"] = True
        # the reason is a person's own words and may name somebody: it stays with the letter
        event = letter_event(desk, person, move.action, letter_id, state=after.value)
        return change_letter(tx, opened.row, changes, event=event)


def _can_be_drafted(opened: OpenedLetter) -> bool:
    """True with a text, or with a file that was never read to its end."""
    stopped = any(hold.code in _READ_AGAIN for hold in opened.row.holds)
    return opened.content.text is not None or (stopped and opened.reading is None)


def _reopened(opened: OpenedLetter) -> LetterState:
    if any(hold.code == _REFUSED for hold in opened.row.holds):
        return LetterState.READY
    return _REOPENED[opened.row.state]


def checked_reason(reason: str) -> str:
    """The reason without blanks around it; there must be one."""
    reason = reason.strip()
    if not reason:
        message = "Please give a reason."
        raise BadRequest(message)
    if len(reason) > _LONGEST_REASON:
        message = f"The reason is longer than {_LONGEST_REASON} characters."
        raise BadRequest(message)
    return reason


def _approval(desk: Desk, opened: OpenedLetter, person: Person) -> Approval:
    row, proof, case = opened.row, opened.proof, opened.case
    if proof is None or case is None or row.direction is None:
        message = "It is not settled where this letter goes."
        raise NotReady(message)
    return Approval(
        approval_id=uuid.uuid4().hex,
        letter_id=row.letter_id,
        digest=proof.digest,
        text=proof.outgoing,
        case_id=case.case_id,
        donor_number=case.donor_number,
        recipient_id=recipient_of(case, row.direction).recipient_id,
        direction=row.direction,
        person_id=person.person_id,
        rules_digest=desk.exchange_rules.digest,
    )
