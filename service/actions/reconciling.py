"""
The reconciler: letters, events and dispatches are compared, and what does not agree is told.

Contract: nothing is deleted or mended. What does not agree is in the log as `reconcile.mismatch`
and in the trail, once for each change of what it is.
"""

from collections.abc import Mapping

from service.actions.desk import Desk
from service.actions.tokens import event_of
from service.logs import get_logger
from service.store.audit import append_event
from service.store.reconciling import find_mismatches
from service.workflow.audit import AuditAction
from service.workflow.people import SYSTEM

log = get_logger(__name__)


def reconcile(desk: Desk, *, before: Mapping[str, int] | None = None) -> Mapping[str, int]:
    """What does not agree now, by a code; `before` is what was told the last time."""
    with desk.database.snapshot() as connection:
        found = find_mismatches(connection)
    if not found:
        return found
    log.error("reconcile.mismatch", count=sum(found.values()))
    if found != (before or {}):
        event = event_of(desk, SYSTEM, AuditAction.DATA_MISMATCH, **found)
        with desk.database.writing() as tx:
            append_event(tx, event=event)
    return found
