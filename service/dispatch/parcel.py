"""
What goes to a clinic, and the recheck before it goes.

Contract: `check_parcel` compares what was approved with what is true now; any difference raises
`DispatchRefused`, and nothing is written.
"""

import re2

from anonymizer.model import text_digest
from service.workflow.errors import DispatchRefused
from service.workflow.people import Person, may_review
from service.workflow.records import Approval, Proof, RegisteredCase

#: A clinic id names a folder, so it may not climb out of the outbox.
CLINIC_ID = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")


def check_parcel(
    approval: Approval,
    *,
    proof: Proof | None,
    case: RegisteredCase | None,
    approver: Person | None,
) -> None:
    """Raise unless the very text, case, clinic and approver of the approval still hold."""
    if text_digest(approval.text) != approval.digest:
        _refuse("The text is not the one that was approved.")
    if proof is None or proof.digest != approval.digest:
        _refuse("The letter was changed after it was approved.")
    if case is None:
        _refuse("The case is no longer in the register.")
    elif case.donor_number != approval.donor_number:
        _refuse("The case has another donor number than when the letter was approved.")
    elif case.clinic_id != approval.clinic_id:
        _refuse("The case has another clinic than when the letter was approved.")
    if approver is None or not approver.active or not may_review(approver):
        _refuse("The person who approved the letter may no longer do so.")
    if not CLINIC_ID.match(approval.clinic_id):
        _refuse("The clinic id cannot name a folder.")


def _refuse(reason: str) -> None:
    raise DispatchRefused(reason)
