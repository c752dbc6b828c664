"""
Steps 8-10: what can happen. One function per use case, one transaction each.

The first arguments are the desk and the person; `workflow` says what may happen, `store` keeps it.
"""

from service.actions.allocating import allocate_letter
from service.actions.allocation_list import list_allocation
from service.actions.beside import SeenBeside
from service.actions.case_list import cases_page, search_cases
from service.actions.checking import verify_audit
from service.actions.claiming import claim_letter, release_claim
from service.actions.correcting import correct, redo_next, undo_last
from service.actions.deciding import (
    approve_letter,
    hold_letter,
    reopen_letter,
    resolve_language_hold,
)
from service.actions.desk import Desk
from service.actions.exchange_desk import (
    give_to_exchange_desk,
    recheck_exchange,
    release_exchange,
)
from service.actions.notices import (
    collect_notices,
    give_notice_out,
    make_notices,
    open_notices,
)
from service.actions.noting import set_urgent, write_note
from service.actions.picturing import (
    approve_picture,
    made_picture,
    make_picture,
    open_picture,
    withdraw_picture,
)
from service.actions.queueing import (
    MOST_FOUND,
    QueuePage,
    count_mine,
    count_next,
    letters_found,
    next_for,
    queue_page,
    search_letters,
)
from service.actions.reading import (
    count_letters,
    letter_status,
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
from service.actions.register import (
    change_case_cells,
    find_cases,
    import_cases,
    open_case,
    open_case_page,
    save_case,
    written_cases,
)
from service.actions.releasing import (
    confirm_proposed_release,
    open_contact,
    propose_release,
    withdraw_proposed_release,
)
from service.actions.returning import prepare_return, return_to_writer
from service.actions.second_reading import pass_to_senior, read_again, settle_readings
from service.actions.threads import open_thread
from service.actions.trail import audit_csv, audit_page, find_in_trail, list_audit
from service.actions.transcribing import open_transcription, page_image, transcribe_letter
from service.actions.translating import translate_letter
from service.actions.waiting import (
    count_waiting_too_long,
    list_kept,
    list_waiting_too_long,
    record_receipt,
)
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.queue import QueueFilter, QueueScope

__all__ = [
    "MOST_FOUND",
    "ClientRequest",
    "Correction",
    "CorrectionKind",
    "Desk",
    "IncomingLetter",
    "QueueFilter",
    "QueuePage",
    "QueueScope",
    "Received",
    "SeenBeside",
    "allocate_letter",
    "approve_letter",
    "approve_picture",
    "audit_csv",
    "audit_page",
    "cases_page",
    "change_case_cells",
    "check_room",
    "claim_letter",
    "collect_notices",
    "confirm_proposed_release",
    "correct",
    "count_letters",
    "count_mine",
    "count_next",
    "count_waiting_too_long",
    "find_cases",
    "find_in_trail",
    "give_notice_out",
    "give_to_exchange_desk",
    "hold_letter",
    "import_cases",
    "letter_status",
    "letters_found",
    "list_allocation",
    "list_audit",
    "list_kept",
    "list_queue",
    "list_waiting_too_long",
    "made_picture",
    "make_notices",
    "make_picture",
    "next_for",
    "open_case",
    "open_case_page",
    "open_contact",
    "open_letter",
    "open_notices",
    "open_picture",
    "open_thread",
    "open_transcription",
    "original_file",
    "page_image",
    "pass_to_senior",
    "prepare_return",
    "propose_release",
    "queue_page",
    "read_again",
    "receive_client_letter",
    "receive_letter",
    "recheck_exchange",
    "record_receipt",
    "redo_next",
    "release_claim",
    "release_exchange",
    "reopen_letter",
    "resolve_language_hold",
    "return_to_writer",
    "save_case",
    "search_cases",
    "search_letters",
    "set_urgent",
    "settle_readings",
    "transcribe_letter",
    "translate_letter",
    "undo_last",
    "verify_audit",
    "withdraw_picture",
    "withdraw_proposed_release",
    "write_note",
    "written_cases",
]
