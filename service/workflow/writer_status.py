"""
What the writer of a letter may know of it: one of four words.

Contract: the word follows from the letter's own way alone. Why a letter is kept, and whether the
other side is well, alive or wants letters, changes nothing in it; every state that is not named
here is "being read", so a state that is added later tells nothing either.
"""

from enum import StrEnum

from anonymizer.exchange import ReasonCode
from service.workflow.states import LetterState


class WriterStatus(StrEnum):
    """The word for the writer."""

    RECEIVED = "received"
    BEING_READ = "being_read"
    PASSED_ON = "passed_on"
    RETURNED_TO_YOU = "returned_to_you"


_FRESH = frozenset({LetterState.RECEIVED, LetterState.DRAFTING})

#: Holds that are about the other side. A letter with one is kept: returning it, or telling the
#: writer why it waits, would tell about the other side.
ABOUT_THE_OTHER_SIDE = frozenset(
    {
        ReasonCode.RECIPIENT_DECLINED,
        ReasonCode.UNDELIVERABLE,
        ReasonCode.CONSENT_MISSING,
        ReasonCode.BEFORE_TRANSPLANT,
    }
)


def writer_status(state: LetterState, *, drafts: int) -> WriterStatus:
    """
    The word for a letter in this state that was drafted so many times.

    A letter that walks its path once more, because the other side has agreed for instance, is not
    "received" again: that change would tell of it.
    """
    if state is LetterState.DISPATCHED:
        return WriterStatus.PASSED_ON
    if state is LetterState.RETURNED:
        return WriterStatus.RETURNED_TO_YOU
    if state in _FRESH and drafts == 0:
        return WriterStatus.RECEIVED
    return WriterStatus.BEING_READ
