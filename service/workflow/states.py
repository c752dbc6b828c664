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
    HELD_EXCHANGE = "held_exchange"
    HELD_LANGUAGE = "held_language"
    HELD_TRANSCRIPTION = "held_transcription"
    HELD_FAULT = "held_fault"
    READY = "ready"
    IN_REVIEW = "in_review"
    SECOND_READING = "second_reading"
    ON_HOLD = "on_hold"
    RETURNED = "returned"
    APPROVED = "approved"
    DISPATCHED = "dispatched"
    DISPATCH_FAILED = "dispatch_failed"


_S = LetterState

#: What is the matter with a letter in each state, for sentences: "A letter that …".
STATE_PHRASES: dict[LetterState, str] = {
    _S.RECEIVED: "was just received",
    _S.DRAFTING: "is being drafted",
    _S.HELD_ALLOCATION: "waits for its case",
    _S.HELD_EXCHANGE: "is held by the rules of the exchange",
    _S.HELD_LANGUAGE: "waits for a decision about its language",
    _S.HELD_TRANSCRIPTION: "waits to be typed from its scan",
    _S.HELD_FAULT: "was stopped by a fault",
    _S.READY: "nobody has claimed",
    _S.IN_REVIEW: "is in review",
    _S.SECOND_READING: "waits for its second reader",
    _S.ON_HOLD: "is on hold",
    _S.RETURNED: "was returned to its writer",
    _S.APPROVED: "is approved",
    _S.DISPATCHED: "was sent",
    _S.DISPATCH_FAILED: "could not be sent",
}

#: From each state, the states a letter may go to. APPROVED is reached from IN_REVIEW alone
#: (a person read it) or from DISPATCH_FAILED (the same approval is tried again).
TRANSITIONS: dict[LetterState, frozenset[LetterState]] = {
    _S.RECEIVED: frozenset({_S.DRAFTING, _S.HELD_FAULT}),
    _S.DRAFTING: frozenset(
        {
            _S.RECEIVED,
            _S.HELD_ALLOCATION,
            _S.HELD_EXCHANGE,
            _S.HELD_LANGUAGE,
            _S.HELD_TRANSCRIPTION,
            _S.HELD_FAULT,
            _S.READY,
        }
    ),
    _S.HELD_ALLOCATION: frozenset({_S.RECEIVED, _S.RETURNED}),
    # a release leads to the next desk, a second look to a new draft
    _S.HELD_EXCHANGE: frozenset(
        {
            _S.RECEIVED,
            _S.HELD_LANGUAGE,
            _S.HELD_FAULT,
            _S.READY,
            _S.SECOND_READING,
            _S.RETURNED,
        }
    ),
    # a translation is a new text: it walks the whole path; the rules may hold the letter by now
    _S.HELD_LANGUAGE: frozenset({_S.RECEIVED, _S.READY, _S.HELD_EXCHANGE, _S.RETURNED}),
    # what a person typed is the letter's first text: it walks the whole path
    _S.HELD_TRANSCRIPTION: frozenset({_S.RECEIVED, _S.RETURNED}),
    _S.HELD_FAULT: frozenset({_S.RECEIVED, _S.RETURNED}),
    # a scan that a person typed anew is a new text too
    _S.READY: frozenset({_S.IN_REVIEW, _S.RECEIVED}),
    _S.IN_REVIEW: frozenset(
        {
            _S.READY,
            _S.SECOND_READING,
            _S.RECEIVED,
            _S.ON_HOLD,
            _S.HELD_EXCHANGE,
            _S.RETURNED,
            _S.APPROVED,
        }
    ),
    # one person has read it: another one takes it, on the same path as the first
    _S.SECOND_READING: frozenset({_S.IN_REVIEW}),
    _S.ON_HOLD: frozenset({_S.READY, _S.SECOND_READING, _S.HELD_EXCHANGE, _S.RETURNED}),
    _S.RETURNED: frozenset({_S.RECEIVED, _S.HELD_TRANSCRIPTION}),
    _S.APPROVED: frozenset({_S.DISPATCHED, _S.DISPATCH_FAILED, _S.HELD_EXCHANGE}),
    _S.DISPATCH_FAILED: frozenset({_S.APPROVED, _S.READY, _S.SECOND_READING, _S.HELD_EXCHANGE}),
    # it came back
    _S.DISPATCHED: frozenset({_S.DISPATCH_FAILED}),
}


def may_move(before: LetterState, after: LetterState) -> bool:
    """True when a letter may go from `before` to `after`."""
    return after in TRANSITIONS[before]


def check_transition(before: LetterState, after: LetterState) -> None:
    """Raise `IllegalTransition` unless a letter may go from `before` to `after`."""
    if not may_move(before, after):
        message = f"A letter that {STATE_PHRASES[before]} cannot be moved on like this."
        raise IllegalTransition(message)
