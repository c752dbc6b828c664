"""
Who holds which letter, and what becomes of the letters of a worker that is gone.

Contract: a letter is held by a worker, not until a time. The worker's beat says that it lives; any
other worker, on any machine, strikes off one whose beat stands still and puts its letters back in
the same transaction, with a new number of the lease: whatever the dead one still does is refused.
The try was counted when the letter was taken: one that kills its workers ends with a person.
"""

import random
import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta

from anonymizer.model import Hold, Stage
from service.actions.desk import Desk
from service.store.database import Writing
from service.store.letters import StoredLetter, change_letter
from service.store.workers import (
    beat_workers,
    enter_worker,
    find_beats,
    letters_of_nobody,
    letters_of_worker,
    strike_worker,
)
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import StaleVersion
from service.workflow.people import SYSTEM
from service.workflow.states import LetterState

_jitter = random.SystemRandom()


def enter(desk: Desk) -> str:
    """A new worker; its id."""
    worker_id = uuid.uuid4().hex
    with desk.database.writing() as tx:
        enter_worker(tx, worker_id)
    return worker_id


def leave(desk: Desk, worker_id: str) -> int:
    """A worker ends, or gives up what it holds; returns how many letters it still had."""
    with desk.database.writing() as tx:
        strike_worker(tx, worker_id)
        # it may have failed at its letter, and not only ended: the letter waits a while
        return _put_back(desk, tx, letters_of_worker(tx.connection, worker_id), pause=True)


def beat(desk: Desk, worker_ids: Iterable[str]) -> Mapping[str, int]:
    """These workers live; returns the beat of every worker there is."""
    with desk.database.writing() as tx:
        beat_workers(tx, worker_ids)
        return find_beats(tx.connection)


def take_from_the_dead(desk: Desk, dead: Mapping[str, int]) -> int:
    """Strike these workers off and put back their letters, and those of nobody; how many."""
    count = 0
    for worker_id, last_beat in dead.items():
        with desk.database.writing() as tx:
            if strike_worker(tx, worker_id, beat=last_beat):
                count += _put_back(desk, tx, letters_of_worker(tx.connection, worker_id))
    with desk.database.reading() as connection:
        lost = bool(letters_of_nobody(connection))
    if lost:
        with desk.database.writing() as tx:
            count += _put_back(desk, tx, letters_of_nobody(tx.connection))
    return count


def take_from_everybody(desk: Desk) -> int:
    """Right after the start of the only process on a database: nobody works yet."""
    return take_from_the_dead(desk, beat(desk, ()))


def pause_after(desk: Desk, attempts: int) -> timedelta:
    """How long a letter waits after this many tries: each time longer, and never quite the same."""
    pause = desk.settings.retry_pause_s * 2 ** (max(attempts, 1) - 1)
    return timedelta(seconds=pause * (1 + _jitter.random() / 2))


def _put_back(
    desk: Desk, tx: Writing, found: Iterable[StoredLetter], *, pause: bool = False
) -> int:
    count = 0
    for seen in found:
        try:
            _requeue(desk, tx, seen, pause=pause)
        except StaleVersion:
            # its worker was quicker: the letter has gone on
            continue
        count += 1
    return count


def _requeue(desk: Desk, tx: Writing, seen: StoredLetter, *, pause: bool) -> None:
    """To the next worker; at once after a death, which was waited out before it was believed."""
    last = seen.attempts >= desk.settings.max_attempts
    state = _STOPPED[seen.state] if last else _AGAIN[seen.state]
    changes = {
        "state": state,
        "worker_id": None,
        "lease_until": None,
        "lease_token": seen.lease_token + 1,
        "next_try_at": desk.now() + (pause_after(desk, seen.attempts) if pause else timedelta()),
        "holds": (_abandoned(seen.state),) if last else seen.holds,
    }
    event = AuditEvent(
        at=desk.now(),
        actor=SYSTEM.person_id,
        action=AuditAction.LETTER_REQUEUED,
        letter_id=seen.letter_id,
        details={"state": state.value, "attempt": seen.attempts},
    )
    change_letter(tx, seen, changes, event=event)


#: Where a letter goes whose worker is gone, by where it was held: to the next worker …
_AGAIN = {
    LetterState.DRAFTING: LetterState.RECEIVED,
    LetterState.APPROVED: LetterState.APPROVED,
}
#: … or after the last try to a person.
_STOPPED = {
    LetterState.DRAFTING: LetterState.HELD_FAULT,
    LetterState.APPROVED: LetterState.DISPATCH_FAILED,
}


def _abandoned(state: LetterState) -> Hold:
    if state is LetterState.APPROVED:
        reason = (
            "The service stopped several times while it sent this letter. It may have arrived: "
            "ask the recipient before you send it again."
        )
        return Hold(stage=Stage.RELEASE, code="abandoned", reason=reason)
    reason = "The service stopped several times while it drafted this letter."
    return Hold(stage=Stage.DETECTION, code="abandoned", reason=reason)
