"""
Steps 8-10: the states of a letter and the moves between them, as data.

Contract: a move that is not in `TRANSITIONS` does not exist; `check_transition` raises.
"""

from enum import StrEnum

from service.workflow.errors import IllegalTransition


class LetterState(StrEnum):
    """Where a letter is on its way. Every letter is in exactly one state."""

    RECEIVED = "received"
    DRAFTING = "drafting"
    HELD_ALLOCATION = "held_allocation"
    HELD_LANGUAGE = "held_language"
    HELD_FAULT = "held_fault"
    READY = "ready"
    IN_REVIEW = "in_review"
    ON_HOLD = "on_hold"
    RETURNED = "returned"
    APPROVED = "approved"
    DISPATCHED = "dispatched"
    DISPATCH_FAILED = "dispatch_failed"


_S = LetterState

#: From each state, the states a letter may go to. APPROVED is reached from IN_REVIEW alone
#: (a person read it) or from DISPATCH_FAILED (the same approval is tried again).
TRANSITIONS: dict[LetterState, frozenset[LetterState]] = {
    _S.RECEIVED: frozenset({_S.DRAFTING, _S.HELD_FAULT}),
    _S.DRAFTING: frozenset(
        {_S.RECEIVED, _S.HELD_ALLOCATION, _S.HELD_LANGUAGE, _S.HELD_FAULT, _S.READY}
    ),
    _S.HELD_ALLOCATION: frozenset({_S.RECEIVED, _S.RETURNED}),
    _S.HELD_LANGUAGE: frozenset({_S.READY, _S.RETURNED}),
    _S.HELD_FAULT: frozenset({_S.RECEIVED, _S.RETURNED}),
    _S.READY: frozenset({_S.IN_REVIEW}),
    _S.IN_REVIEW: frozenset({_S.READY, _S.ON_HOLD, _S.RETURNED, _S.APPROVED}),
    _S.ON_HOLD: frozenset({_S.READY, _S.RETURNED}),
    _S.RETURNED: frozenset({_S.RECEIVED}),
    _S.APPROVED: frozenset({_S.DISPATCHED, _S.DISPATCH_FAILED}),
    _S.DISPATCH_FAILED: frozenset({_S.APPROVED, _S.READY}),
    _S.DISPATCHED: frozenset(),
}


def may_move(before: LetterState, after: LetterState) -> bool:
    """True when a letter may go from `before` to `after`."""
    return after in TRANSITIONS[before]


def check_transition(before: LetterState, after: LetterState) -> None:
    """Raise `IllegalTransition` unless a letter may go from `before` to `after`."""
    if not may_move(before, after):
        message = f"A letter that is {before.value} cannot become {after.value}."
        raise IllegalTransition(message)
