"""
Steps 8-10: what can happen. One function per use case, one transaction each.

The first arguments are the desk and the person; `workflow` says what may happen, `store` keeps it.
"""

from service.actions.allocating import allocate_letter
from service.actions.allocation_list import list_allocation
from service.actions.checking import verify_audit
from service.actions.claiming import claim_letter, release_claim
from service.actions.correcting import correct, undo_last
from service.actions.deciding import (
    approve_letter,
    hold_letter,
    reopen_letter,
    resolve_language_hold,
    return_letter,
)
from service.actions.desk import Desk
from service.actions.reading import (
    count_letters,
    letter_status,
    list_audit,
    list_queue,
    open_letter,
    original_file,
)
from service.actions.receiving import (
    ClientRequest,
    IncomingLetter,
    Received,
    check_room,
    receive_client_letter,
    receive_letter,
)
from service.actions.register import find_cases, import_cases, list_cases, open_case, save_case
from service.workflow.corrections import Correction, CorrectionKind

__all__ = [
    "ClientRequest",
    "Correction",
    "CorrectionKind",
    "Desk",
    "IncomingLetter",
    "Received",
    "allocate_letter",
    "approve_letter",
    "check_room",
    "claim_letter",
    "correct",
    "count_letters",
    "find_cases",
    "hold_letter",
    "import_cases",
    "letter_status",
    "list_allocation",
    "list_audit",
    "list_cases",
    "list_queue",
    "open_case",
    "open_letter",
    "original_file",
    "receive_client_letter",
    "receive_letter",
    "release_claim",
    "reopen_letter",
    "resolve_language_hold",
    "return_letter",
    "save_case",
    "undo_last",
    "verify_audit",
]
