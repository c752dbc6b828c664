"""
Step 10: an approved letter leaves for the clinic or the donor centre.

Contract: everything the approval was bound to is compared again; any difference sends nothing
and asks a person. The document is built from the approved text and passes the release gate on its
final bytes. The folder is written before the letter counts as dispatched, under an id that
was fixed with the approval, so doing it again after a crash delivers nothing twice.
"""

from anonymizer.model import Hold, RegisteredCase, Stage
from service.actions.desk import Desk
from service.actions.leasing import pause_after
from service.actions.opened import OpenedLetter, letter_event, read_letter
from service.actions.outgoing import outgoing_document
from service.dispatch.parcel import check_endpoint_of, check_parcel
from service.store.cases import find_case
from service.store.database import Writing
from service.store.endpoints import endpoint_now
from service.store.letters import (
    StoredLetter,
    change_letter,
    find_letter,
    has_next_letter,
    next_letter,
    take_up_now,
)
from service.store.people import find_person
from service.store.releases import Dispatch, count_under_way, find_dispatch, finish_dispatch
from service.store.switches import is_dispatch_paused
from service.store.workers import check_entered
from service.workflow.audit import AuditAction
from service.workflow.endpoints import Endpoint
from service.workflow.errors import (
    DispatchFailed,
    DispatchPaused,
    DispatchRefused,
    ExchangeForbids,
    NotFound,
    SealBroken,
    ServiceError,
    StaleVersion,
)
from service.workflow.people import SYSTEM
from service.workflow.records import Approval
from service.workflow.states import LetterState


def dispatch_next(desk: Desk, worker_id: str) -> str | None:
    """
    Dispatch the oldest approved letter; returns its id, or None when none waits or may leave.

    Raises `WorkerGone` for a worker that was struck off.
    """
    with desk.database.reading() as connection:
        # mostly none waits: then nobody else has to wait for us
        if not has_next_letter(connection, LetterState.APPROVED, now=desk.now()):
            check_entered(connection, worker_id)
            return None
    with desk.database.writing() as tx:
        check_entered(tx.connection, worker_id)
        if is_dispatch_paused(tx.connection):
            return None
        seen = next_letter(tx.connection, LetterState.APPROVED, now=desk.now())
        if seen is None:
            return None
        try:
            dispatch = find_dispatch(tx.connection, seen.letter_id)
        except (SealBroken, NotFound):
            # nothing leaves without its approval; the next letter has its turn
            _unreadable(desk, tx, seen)
            return seen.letter_id
        row = _taken(desk, tx, seen, dispatch.dispatch_id, worker_id)
        # asked after the audit event, whose lock lets one dispatch begin after the other
        under_way = count_under_way(
            tx.connection,
            seen.letter_id,
            case_id=dispatch.approval.case_id,
            direction=dispatch.approval.direction,
        )
    dispatch_letter(desk, row, dispatch, under_way=under_way)
    return row.letter_id


def _taken(
    desk: Desk, tx: Writing, seen: StoredLetter, dispatch_id: str, worker_id: str
) -> StoredLetter:
    """The letter as this worker holds it, with the attempt counted."""
    # the lease keeps a second worker away; its number refuses us if we come back too late
    changes = {
        "attempts": seen.attempts + 1,
        "lease_token": seen.lease_token + 1,
        "lease_until": None,
        "worker_id": worker_id,
    }
    event = letter_event(
        desk,
        SYSTEM,
        AuditAction.DISPATCH_STARTED,
        seen.letter_id,
        dispatch=dispatch_id,
        attempt=seen.attempts + 1,
    )
    change_letter(tx, seen, changes, event=event)
    return read_letter(tx.connection, seen.letter_id).row


def _unreadable(desk: Desk, tx: Writing, seen: StoredLetter) -> None:
    hold = Hold(
        stage=Stage.RELEASE,
        code=AuditAction.DISPATCH_REFUSED.value,
        reason="The approval of this letter was changed or damaged. Approve the letter again.",
    )
    changes = {"state": LetterState.DISPATCH_FAILED, "holds": (hold,)}
    event = letter_event(
        desk, SYSTEM, AuditAction.DISPATCH_REFUSED, seen.letter_id, state="dispatch_failed"
    )
    change_letter(tx, seen, changes, event=event)


def dispatch_letter(
    desk: Desk, row: StoredLetter, dispatch: Dispatch, *, under_way: int = 0
) -> LetterState:
    """
    Check and deliver one letter that was taken for dispatch.

    `under_way` letters of the same case are just leaving before it: they count as passed on.
    """
    try:
        opened, case = _recheck(desk, row, dispatch, under_way=under_way)
        outgoing = outgoing_document(desk, dispatch.approval, opened, case)
        endpoint = _last_look(desk, row, dispatch.approval)
        desk.way_out.deliver(
            dispatch.dispatch_id,
            dispatch.approval,
            on=dispatch.made_at.date(),
            outgoing=outgoing,
            endpoint=endpoint,
        )
    except ExchangeForbids as forbidden:
        return _held(desk, row, forbidden)
    except DispatchRefused as refused:
        return _failed(desk, row, refused, action=AuditAction.DISPATCH_REFUSED, final=True)
    except DispatchPaused:
        return _set_aside(desk, row)
    except DispatchFailed as failed:
        last = row.attempts >= desk.settings.max_attempts
        return _failed(desk, row, failed, action=AuditAction.DISPATCH_FAILED, final=last)
    changes = {"state": LetterState.DISPATCHED, "lease_until": None, "holds": ()}
    event = letter_event(
        desk,
        SYSTEM,
        AuditAction.LETTER_DISPATCHED,
        row.letter_id,
        dispatch=dispatch.dispatch_id,
        digest=dispatch.approval.digest,
        recipient=dispatch.approval.recipient_id,
    )
    with desk.database.writing() as tx:
        finish_dispatch(tx, row, dispatch.dispatch_id, changes, event=event)
        # a letter of the other side may have waited for this one
        take_up_now(tx, LetterState.HELD_EXCHANGE, desk.now())
    return LetterState.DISPATCHED


def _recheck(
    desk: Desk, row: StoredLetter, dispatch: Dispatch, *, under_way: int
) -> tuple[OpenedLetter, RegisteredCase | None]:
    approval = dispatch.approval
    with desk.database.reading() as connection:
        opened = read_letter(connection, row.letter_id)
        try:
            case = find_case(connection, approval.case_id)
        except NotFound:
            case = None
        approver = find_person(connection, approval.person_id)
        endpoint = endpoint_now(connection, approval.recipient_id, now=desk.now())
    if opened.row.direction is not approval.direction:
        message = "The direction of the letter is not the one that was approved."
        raise DispatchRefused(message)
    check_parcel(approval, proof=opened.proof, case=case, approver=approver, endpoint=endpoint)
    barred = opened.judged(desk, more=under_way).open
    if barred:
        raise ExchangeForbids(barred)
    return opened, case


def _last_look(desk: Desk, row: StoredLetter, approval: Approval) -> Endpoint:
    """
    How the recipient is reached, right before the connection is made.

    The document took its time: meanwhile sending may have been stopped, or this worker may have
    been taken for dead and the letter be with another one.
    """
    with desk.database.reading() as connection:
        if is_dispatch_paused(connection):
            raise DispatchPaused
        if find_letter(connection, row.letter_id).version != row.version:
            raise StaleVersion
        endpoint = endpoint_now(connection, approval.recipient_id, now=desk.now())
    check_endpoint_of(approval, endpoint)
    return endpoint


def _set_aside(desk: Desk, row: StoredLetter) -> LetterState:
    """Sending was stopped: the letter waits, and this try does not count."""
    changes = {"attempts": row.attempts - 1, "next_try_at": desk.now()}
    event = letter_event(
        desk, SYSTEM, AuditAction.LETTER_REQUEUED, row.letter_id, state=row.state.value
    )
    with desk.database.writing() as tx:
        change_letter(tx, row, changes, event=event)
    return LetterState.APPROVED


def _held(desk: Desk, row: StoredLetter, forbidden: ExchangeForbids) -> LetterState:
    """The rules of this moment hold the letter: it waits at their desk, with the reasons."""
    changes = {
        "state": LetterState.HELD_EXCHANGE,
        "lease_until": None,
        "attempts": 0,
        "next_try_at": desk.now(),
        "holds": forbidden.holds,
    }
    codes = ",".join(hold.code for hold in forbidden.holds)[:500]
    event = letter_event(
        desk,
        SYSTEM,
        AuditAction.DISPATCH_REFUSED,
        row.letter_id,
        state=LetterState.HELD_EXCHANGE.value,
        holds=codes,
        rules=desk.exchange_rules.digest,
    )
    with desk.database.writing() as tx:
        change_letter(tx, row, changes, event=event)
    return LetterState.HELD_EXCHANGE


def _failed(
    desk: Desk, row: StoredLetter, error: ServiceError, *, action: AuditAction, final: bool
) -> LetterState:
    state = LetterState.DISPATCH_FAILED if final else LetterState.APPROVED
    hold = Hold(stage=Stage.RELEASE, code=action.value, reason=error.reason)
    changes = {
        "state": state,
        "lease_until": None,
        "next_try_at": desk.now() + pause_after(desk, row.attempts),
        "holds": (hold,),
    }
    event = letter_event(desk, SYSTEM, action, row.letter_id, state=state.value)
    with desk.database.writing() as tx:
        change_letter(tx, row, changes, event=event)
    return state
