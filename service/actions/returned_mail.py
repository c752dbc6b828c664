"""
Bounces and confirmations that arrive in the mailbox of the sender, or are told by hand.

Contract: a bounce puts a sent letter before a person, it is never sent elsewhere; a confirmation
ends the waiting for one. A message that says neither stays in the mailbox for whoever reads it.
"""

from pathlib import Path

from anonymizer.model import Hold, Stage
from service.actions.desk import Desk
from service.dispatch.returned import Returned, read_returned
from service.logs import get_logger
from service.store.correspondence import note_receipt
from service.store.letters import find_letter
from service.store.sent import find_sent, note_bounce
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import IllegalTransition, NotFound
from service.workflow.people import SYSTEM, Permission, Person, check_may
from service.workflow.states import LetterState

log = get_logger(__name__)

_BOUNCED = Hold(
    stage=Stage.RELEASE,
    code=AuditAction.DISPATCH_BOUNCED.value,
    reason="The mail with this letter came back. Ask the recipient which address is right.",
)
#: Maildir: delivered and unseen; and seen.
_NEW, _SEEN = "new", "cur"


def collect_returned_mail(desk: Desk) -> bool:
    """Read what arrived in the Maildir; False when nothing new did."""
    folder, sender = desk.settings.returned_mail, desk.settings.smtp_sender
    if folder is None or sender is None or not (folder / _NEW).is_dir():
        return False
    found = sorted((folder / _NEW).iterdir())
    for path in found:
        _read(desk, path, domain=sender.rpartition("@")[2])
        # a message that is no report has been looked at too: a person reads the mailbox
        (folder / _SEEN).mkdir(exist_ok=True)
        path.rename(folder / _SEEN / f"{path.name}:2,S")
    return bool(found)


def record_dispatch_receipt(desk: Desk, person: Person, *, dispatch_id: str) -> None:
    """The recipient has confirmed this dispatch."""
    check_may(person, Permission.STOP_SENDING)
    _receipt(desk, person, dispatch_id)


def record_bounce(desk: Desk, person: Person, *, dispatch_id: str) -> None:
    """The dispatch came back; `IllegalTransition` where it did not leave."""
    check_may(person, Permission.STOP_SENDING)
    _bounce(desk, person, dispatch_id)


def _read(desk: Desk, path: Path, *, domain: str) -> None:
    returned = read_returned(path.read_bytes(), domain=domain)
    if returned is None:
        log.warning("returned_mail.for_a_person")
        return
    try:
        if returned.what is Returned.BOUNCE:
            _bounce(desk, SYSTEM, returned.dispatch_id)
        else:
            _receipt(desk, SYSTEM, returned.dispatch_id)
    except (NotFound, IllegalTransition):
        # told twice, or about a letter of another time
        log.warning("returned_mail.changes_nothing")


def _receipt(desk: Desk, person: Person, dispatch_id: str) -> None:
    with desk.database.writing() as tx:
        sent = find_sent(tx.connection, dispatch_id)
        event = _event(desk, person, AuditAction.DISPATCH_RECEIPT, sent.letter_id, dispatch_id)
        note_receipt(tx, sent.letter_id, person_id=person.person_id, event=event)


def _bounce(desk: Desk, person: Person, dispatch_id: str) -> None:
    with desk.database.writing() as tx:
        sent = find_sent(tx.connection, dispatch_id)
        row = find_letter(tx.connection, sent.letter_id)
        if row.state is not LetterState.DISPATCHED or sent.done_at is None:
            message = "This letter is not with a recipient."
            raise IllegalTransition(message)
        event = _event(desk, person, AuditAction.DISPATCH_BOUNCED, sent.letter_id, dispatch_id)
        note_bounce(tx, row, dispatch_id, _BOUNCED, event=event)


def _event(
    desk: Desk, person: Person, action: AuditAction, letter_id: str, dispatch_id: str
) -> AuditEvent:
    return AuditEvent(
        at=desk.now(),
        actor=person.person_id,
        action=action,
        letter_id=letter_id,
        details={"dispatch": dispatch_id},
    )
