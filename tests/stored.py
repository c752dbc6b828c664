"""A stored letter for tests about what is made of its row; nothing of it is in a database."""

from dataclasses import replace
from datetime import timedelta

from anonymizer.model import Channel, Circumstances, Direction
from service.store.letters import StoredLetter
from service.workflow.records import Summary
from service.workflow.states import LetterState
from tests.factories import START

_LETTER = StoredLetter(
    letter_id="a" * 32,
    state=LetterState.READY,
    version=3,
    received_at=START,
    changed_at=START + timedelta(hours=1),
    channel=Channel.API,
    client="registry",
    digest="d" * 64,
    text_digest="e" * 64,
    duplicate_of=None,
    direction=Direction.DONOR_TO_PATIENT,
    cover_number=None,
    circumstances=Circumstances(),
    case_id="C-1",
    allocation_reason=None,
    language_released=False,
    exchange_released=(),
    state_reason=None,
    holds=(),
    summary=Summary(),
    claimed_by=None,
    lease_until=None,
    lease_token=0,
    attempts=0,
    next_try_at=START,
    draft_number=1,
)


def stored_letter(**changes: object) -> StoredLetter:
    """The row of a drafted letter with these fields changed."""
    return replace(_LETTER, **changes)  # type: ignore[arg-type]  # names of its fields
