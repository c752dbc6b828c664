"""Verifies the audit trail: every event in its place, and the end where it is said to be."""

from service.actions.desk import Desk
from service.store.audit import audit_end, events_after, hash_before
from service.workflow.audit import GENESIS, first_break
from service.workflow.errors import AuditBroken

_AT_ONCE = 1000


def verify_audit(desk: Desk, *, expected: str | None = None) -> tuple[int, str]:
    """
    Number and hash of the last event, when the whole chain holds; else `AuditBroken`.

    `expected` is a "number:hash" noted earlier outside the database: a trail that was cut off or
    replaced as a whole is consistent in itself and shows only there.
    """
    known = set[str]()
    seq, after = 0, GENESIS
    with desk.database.reading() as connection:
        end = audit_end(connection)
        while events := events_after(connection, seq=seq, limit=_AT_ONCE):
            if broken := first_break(events, after=after, seq=seq):
                message = f"The audit trail was changed at event {broken}."
                raise AuditBroken(message)
            seq, after = events[-1].seq, hash_before(events)
            if expected:
                known |= {f"{one.seq}:{one.hash}" for one in events}
    if (seq, after) != end:
        message = f"The audit trail ends at event {seq}, but {end[0]} were written."
        raise AuditBroken(message)
    if expected and expected not in known:
        message = "The audit trail does not hold the event that was noted."
        raise AuditBroken(message)
    return end
