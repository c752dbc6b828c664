"""
Whether letters, events and dispatches agree with each other.

Contract: reads only, within one snapshot. Every count is of rows that should not be there; none is
ever deleted or mended by itself.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, func, select

from service.store.schema import approvals, audit_events, cases, dispatches, letters
from service.workflow.audit import AuditAction
from service.workflow.retention import Part
from service.workflow.states import LetterState

_OF_LETTER = dispatches.c.letter_id == letters.c.letter_id


def find_mismatches(connection: Connection) -> Mapping[str, int]:
    """What does not agree, by a code, and how often; empty when all is well."""
    queries = {
        "letters_without_event": _letters_without_event(),
        "events_without_letter": _events_without_letter(),
        "approved_without_order": _without(LetterState.APPROVED, done=False),
        "dispatched_without_order": _without(LetterState.DISPATCHED, done=True),
        "orders_without_approval": _orders_without_approval(),
        "letters_in_no_state": _letters_in_no_state(),
    }
    counts = {code: int(connection.execute(one).scalar_one()) for code, one in queries.items()}
    return {code: count for code, count in counts.items() if count}


def some_letters(connection: Connection, count: int) -> tuple[str, ...]:
    """Letters that can still be read, others each time."""
    readable = letters.c.erased.is_(None) | (letters.c.erased != Part.EVERYTHING.value)
    query = select(letters.c.letter_id).where(readable).order_by(func.random()).limit(count)
    return tuple(connection.execute(query).scalars())


def some_cases(connection: Connection, count: int) -> tuple[str, ...]:
    """Cases, others each time."""
    query = select(cases.c.case_id).order_by(func.random()).limit(count)
    return tuple(connection.execute(query).scalars())


def _letters_without_event() -> Select[Any]:
    received = select(audit_events.c.seq).where(
        audit_events.c.letter_id == letters.c.letter_id,
        audit_events.c.action == AuditAction.LETTER_RECEIVED.value,
    )
    return select(func.count()).select_from(letters).where(~received.exists())


def _events_without_letter() -> Select[Any]:
    there = select(letters.c.letter_id).where(letters.c.letter_id == audit_events.c.letter_id)
    return (
        select(func.count())
        .select_from(audit_events)
        .where(audit_events.c.action == AuditAction.LETTER_RECEIVED.value, ~there.exists())
    )


def _without(state: LetterState, *, done: bool) -> Select[Any]:
    """Letters of a state that have no order to be sent, or none that was carried out."""
    orders = select(dispatches.c.dispatch_id).where(_OF_LETTER)
    if done:
        orders = orders.where(dispatches.c.done_at.is_not(None))
    return select(func.count()).where(letters.c.state == state.value, ~orders.exists())


def _orders_without_approval() -> Select[Any]:
    there = select(approvals.c.approval_id).where(
        approvals.c.approval_id == dispatches.c.approval_id,
        approvals.c.letter_id == dispatches.c.letter_id,
    )
    return select(func.count()).select_from(dispatches).where(~there.exists())


def _letters_in_no_state() -> Select[Any]:
    known = [one.value for one in LetterState]
    return select(func.count()).select_from(letters).where(letters.c.state.not_in(known))
