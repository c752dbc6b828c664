"""
The switch that stops all sending, and what left in a stretch of time.

Contract: stopping takes effect before the next connection of any worker on any machine, and stays
until somebody lets letters go again. Both are events of the trail.
"""

from datetime import datetime

from service.actions.desk import Desk
from service.store.sent import SentLetter, sent_between
from service.store.switches import (
    DispatchPause,
    find_dispatch_pause,
    pause_dispatch,
    resume_dispatch,
)
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import IllegalTransition
from service.workflow.people import Permission, Person, check_may
from service.workflow.switches import PauseReason


def pause_sending(desk: Desk, person: Person, *, reason: PauseReason = PauseReason.ASKED) -> None:
    """Nothing leaves from now on; a pause that holds already is not shortened."""
    check_may(person, Permission.STOP_SENDING)
    with desk.database.writing() as tx:
        event = _event(desk, person, AuditAction.DISPATCH_PAUSED, reason)
        pause_dispatch(tx, reason, event=event)


def resume_sending(desk: Desk, person: Person) -> None:
    """Letters may leave again; `IllegalTransition` when nothing stopped them."""
    check_may(person, Permission.STOP_SENDING)
    with desk.database.writing() as tx:
        pause = find_dispatch_pause(tx.connection)
        if pause is None:
            message = "Sending is not stopped."
            raise IllegalTransition(message)
        event = _event(desk, person, AuditAction.DISPATCH_RESUMED, pause.reason)
        resume_dispatch(tx, event=event)


def sending_pause(desk: Desk) -> DispatchPause | None:
    """The pause that holds, for everybody to see."""
    with desk.database.reading() as connection:
        return find_dispatch_pause(connection)


def list_sent(
    desk: Desk, person: Person, *, since: datetime, until: datetime
) -> tuple[SentLetter, ...]:
    """What left in this time: whom to ask, if something was wrong with it."""
    check_may(person, Permission.STOP_SENDING)
    with desk.database.reading() as connection:
        return sent_between(connection, since, until)


def _event(desk: Desk, person: Person, action: AuditAction, reason: PauseReason) -> AuditEvent:
    details = {"reason": reason.value}
    return AuditEvent(at=desk.now(), actor=person.person_id, action=action, details=details)
