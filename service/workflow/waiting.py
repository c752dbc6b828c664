"""
How long a letter may stay in a state before somebody should look at it.

Contract: pure. A state that is not named here and is not an end counts as held; a sent letter waits
for the receipt of its recipient. A letter that is kept because its reader wants none waits for
nobody here: it is no reminder, however old it is.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from anonymizer.exchange import ReasonCode
from anonymizer.model import Hold
from service.settings import Settings
from service.workflow.states import LetterState

_S = LetterState

#: Held for this, a letter is kept until its reader agrees: nobody can or should do anything.
KEPT_FOR = ReasonCode.RECIPIENT_DECLINED

#: In these a letter waits for nobody here: the writer may send it once more.
_ENDS = frozenset({_S.RETURNED})


def longest_stay(settings: Settings) -> Mapping[LetterState, timedelta]:
    """For every state in which a letter can wait too long, how long it may stay there."""
    undrafted = timedelta(hours=settings.remind_received_h)
    unsent = timedelta(days=settings.remind_approved_days)
    named = {
        _S.RECEIVED: undrafted,
        _S.DRAFTING: undrafted,
        _S.READY: timedelta(days=settings.remind_ready_days),
        _S.SECOND_READING: timedelta(days=settings.remind_ready_days),
        _S.IN_REVIEW: timedelta(days=settings.remind_review_days),
        _S.APPROVED: unsent,
        _S.DISPATCH_FAILED: unsent,
        _S.DISPATCHED: timedelta(days=settings.remind_receipt_days),
    }
    held = timedelta(days=settings.remind_held_days)
    return {state: named.get(state, held) for state in LetterState if state not in _ENDS}


def is_kept(holds: tuple[Hold, ...]) -> bool:
    """True for a letter that waits for its reader's consent, and for nobody here."""
    return any(hold.code == KEPT_FOR.value for hold in holds)


def cutoffs(settings: Settings, now: datetime) -> Mapping[LetterState, datetime]:
    """For each of these states the moment: what has not changed since before it waits too long."""
    return {state: now - stay for state, stay in longest_stay(settings).items()}
