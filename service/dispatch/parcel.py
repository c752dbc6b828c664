"""
What goes to a clinic or a donor centre, and the recheck before it goes.

Contract: `check_parcel` compares what was approved with what is true now; any difference raises
`DispatchRefused`, and nothing is written.
"""

from anonymizer.cases import is_folder_name
from anonymizer.model import RegisteredCase, text_digest
from service.workflow.endpoints import Endpoint
from service.workflow.errors import DispatchRefused
from service.workflow.people import Person, may_review
from service.workflow.recipients import recipient_of
from service.workflow.records import Approval, Proof


def check_parcel(
    approval: Approval,
    *,
    proof: Proof | None,
    case: RegisteredCase | None,
    approver: Person | None,
    endpoint: Endpoint | None = None,
) -> None:
    """
    Raise unless the very text, case, recipient and approver of the approval still hold.

    `endpoint` is how the recipient is reached now; None where nobody asked the directory.
    """
    if text_digest(approval.text) != approval.digest:
        _refuse("The text is not the one that was approved.")
    if proof is None or proof.digest != approval.digest:
        _refuse("The letter was changed after it was approved.")
    if case is None:
        _refuse("The case is no longer in the register.")
    elif case.donor_number != approval.donor_number:
        _refuse("The case has another donor number than when the letter was approved.")
    elif recipient_of(case, approval.direction).recipient_id != approval.recipient_id:
        _refuse("The letter would go to another place than when it was approved.")
    _check_approver(approver)
    if endpoint is not None:
        check_endpoint_of(approval, endpoint)
    if not is_folder_name(approval.recipient_id):
        _refuse("The id of the recipient cannot name a folder.")


def _check_approver(approver: Person | None) -> None:
    if approver is None or not approver.active or not may_review(approver):
        _refuse("The person who approved the letter may no longer do so.")


def check_endpoint_of(approval: Approval, endpoint: Endpoint) -> None:
    """Raise unless the recipient is reached as when the letter was approved."""
    same = endpoint.digest == approval.endpoint_digest
    if not approval.endpoint_digest:
        # approved before there was a directory: then letters went to the folder
        same = endpoint.version == approval.endpoint_version
    if not same or endpoint.recipient_id != approval.recipient_id:
        _refuse("The address of the recipient is not the one for which the letter was approved.")


def _refuse(reason: str) -> None:
    raise DispatchRefused(reason)
