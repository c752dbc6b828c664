"""
Step 9: a person decides. Approval is bound to the digest of the outgoing text that was seen.

Contract: decision, state, audit event and, for an approval, the order to dispatch are one
transaction. Every refusal says why.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from anonymizer.model import Stage
from service.actions.beside import NOTHING_BESIDE, SeenBeside, check_beside, pictures_of
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter, letter_event, read_letter_as_seen
from service.actions.pair_policy import told_too_much
from service.actions.second_reading import (
    after_first_reading,
    after_second_reading,
    reasons_of,
    with_readers,
)
from service.store.endpoints import endpoint_now
from service.store.findings_found import count_found
from service.store.letters import change_letter
from service.store.releases import count_approvals, save_approval
from service.workflow.audit import AuditAction
from service.workflow.desks import without
from service.workflow.errors import BadRequest, NotReady, StaleVersion
from service.workflow.findings import FoundKey, found_in
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

#: So many digests fit into a detail of the audit trail; the approval keeps them all.
_DIGESTS_TOLD = 7

#: A file whose reading ended like this may be read again.
_READ_AGAIN = frozenset({"reader_failed", "abandoned", "timeout", "failed"})

#: The hold of a letter that differed from what was approved: only a new approval helps.
_REFUSED = AuditAction.DISPATCH_REFUSED.value


def approve_letter(
    desk: Desk,
    person: Person,
    *,
    letter_id: str,
    version: int,
    digest: str,
    beside: SeenBeside = NOTHING_BESIDE,
) -> int:
    """
    Approve exactly the outgoing text with this digest, and the pictures that were seen.

    Where two people have to read the letter, the first approval hands it to the second reader, and
    the second one leads to what differs; only when nothing does is the letter approved.
    """
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_approve(person, opened.standing(desk))
        if sentence := told_too_much(desk, opened):
            raise NotReady(sentence)
        if opened.proof is None or opened.proof.digest != digest:
            message = "The outgoing text is not the one you saw. Look at it again."
            raise StaleVersion(message)
        check_beside(desk, opened, beside)
        if opened.readings is None and (reasons := reasons_of(desk, opened)):
            return after_first_reading(desk, tx, person, opened, reasons)
        if differing := after_second_reading(desk, tx, person, opened):
            return differing
        approval = _approval(desk, opened, person, beside)
        endpoint = endpoint_now(tx.connection, approval.recipient_id, now=desk.now())
        approval = replace(
            approval,
            endpoint_version=endpoint.version,
            endpoint_digest=endpoint.digest,
        )
        approval = with_readers(approval, person, opened)
        event = letter_event(
            desk, person, AuditAction.LETTER_APPROVED, letter_id, **_told_of(approval, beside)
        )
        changes = _free_as(desk, LetterState.APPROVED)
        version = save_approval(tx, opened.row, approval, uuid.uuid4().hex, changes, event=event)
        if count_approvals(tx.connection, letter_id) == 1:
            count_found(tx, _found(desk, opened), event=event)
        return version


def hold_letter(desk: Desk, person: Person, *, letter_id: str, version: int, reason: str) -> int:
    """Put the letter aside, with the reason."""
    move = _Move(check_hold, LetterState.ON_HOLD, AuditAction.LETTER_PUT_ON_HOLD)
    return _move(desk, person, move, letter_id=letter_id, version=version, reason=reason)


def resolve_language_hold(
    desk: Desk, person: Person, *, letter_id: str, version: int, reason: str
) -> int:
    """
    Release a letter to review although its language is not the one asked for, or its words are
    disguised.

    If the rules of the exchange hold it by now (its reader has declined meanwhile), it waits at
    their desk: nobody reads what cannot go.
    """
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
        if after is LetterState.READY:
            after = opened.waits_in
        asked_again = move.after is None or move.action is AuditAction.LETTER_LANGUAGE_RELEASED
        barred = opened.judged(desk).open if asked_again else ()
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
        holds = opened.row.holds
        if move.action is AuditAction.LETTER_LANGUAGE_RELEASED:
            changes["language_released"] = True
            changes["holds"] = holds = without(holds, Stage.LANGUAGE)
        if after is LetterState.HELD_EXCHANGE:
            changes["holds"] = (*without(holds, Stage.EXCHANGE), *barred)
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
    if opened.row.state is LetterState.RETURNED and opened.needs_transcription:
        return LetterState.HELD_TRANSCRIPTION
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


def _free_as(desk: Desk, state: LetterState) -> dict[str, Any]:
    """The letter is in this state and with nobody."""
    return {
        "state": state,
        "claimed_by": None,
        "lease_until": None,
        "attempts": 0,
        "next_try_at": desk.now(),
    }


def _told_of(approval: Approval, beside: SeenBeside) -> dict[str, str | int]:
    """What the audit trail keeps of an approval."""
    return {
        "digest": approval.digest,
        "approval": approval.approval_id,
        "case": approval.case_id,
        "recipient": approval.recipient_id,
        "rules": approval.rules_digest,
        "endpoint": approval.endpoint_version,
        "readers": ",".join(filter(None, (approval.first_reader_id, approval.second_reader_id))),
        "pictures": ",".join(one.digest for one in approval.pictures[:_DIGESTS_TOLD]),
        "saw_hidden": int(beside.hidden),
        "form": beside.form.value if beside.form else "",
    }


def _found(desk: Desk, opened: OpenedLetter) -> Mapping[FoundKey, int]:
    """What people found in the letter; counted once, however often it is approved."""
    draft, proof = opened.draft, opened.proof
    if draft is None or proof is None:
        return {}
    return found_in(
        draft.treatments,
        proof.marks,
        on=desk.today(),
        language=draft.language.code if draft.language else None,
        corrections=sum(1 for mark in proof.marks if mark.author is not None),
    )


def _approval(desk: Desk, opened: OpenedLetter, person: Person, beside: SeenBeside) -> Approval:
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
        pictures=pictures_of(opened),
        form=beside.form,
    )
