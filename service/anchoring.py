"""
Notes the end of the audit trail outside the database while the service runs: at start, at
intervals, at stop; and reads the whole trail once a day.

Contract: whatever was written since the last note is checked before the next one. A trail that
does not hold stops all sending and is told in the log; the service goes on, so people can look.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.actions.checking import AnchorKind, anchor_audit, full_check_every, verify_or_stop
from service.actions.desk import Desk
from service.logs import get_logger
from service.workflow.errors import AuditBroken

log = get_logger(__name__)
_JOIN_S = 30


@contextmanager
def anchored(desk: Desk, tell: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Note the end of the trail now, at intervals, and when this ends."""
    try:
        verify_or_stop(desk)
        anchor_audit(desk, AnchorKind.START)
    except AuditBroken as broken:
        log.error("audit.broken")
        tell(f"Nothing is sent: {broken.reason}")
    stop = threading.Event()
    thread = threading.Thread(target=_note, args=(desk, stop), name="anchors", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_JOIN_S)
        _once(desk, AnchorKind.STOP)


def _note(desk: Desk, stop: threading.Event) -> None:
    checked = desk.now()
    while not stop.wait(desk.settings.anchor_every_s):
        _once(desk, AnchorKind.INTERVAL)
        if desk.now() - checked > full_check_every():
            checked = desk.now()
            _whole(desk)


def _once(desk: Desk, kind: AnchorKind) -> None:
    try:
        anchor_audit(desk, kind)
    except AuditBroken:
        log.error("audit.broken")
    except Exception as error:
        # a full disk must not end the service; the next time it is tried again
        log.error("audit.not_noted", exc_info=error)


def _whole(desk: Desk) -> None:
    try:
        verify_or_stop(desk)
    except AuditBroken:
        log.error("audit.broken")
    except Exception as error:
        log.error("audit.not_checked", exc_info=error)
