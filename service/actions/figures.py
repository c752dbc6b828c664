"""
The figures of the whole site for its monitoring: one look at the database, for all processes.

Contract: counts, ages in seconds and yes or no, by closed lists of codes. Every process gives the
same figures, so whoever watches several of them takes one, never their sum.
"""

import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from anonymizer.model import Stage
from service.actions.checking import anchor_file
from service.actions.desk import Desk
from service.store.audit import audit_end
from service.store.database import Connection
from service.store.figures import (
    Waiting,
    count_deliveries,
    count_events,
    count_holds,
    count_waiting,
    database_bytes,
    database_time,
    file_bytes,
    oldest_by_state,
)
from service.store.letters import count_by_state
from service.store.size import left_of_limit
from service.store.switches import is_dispatch_paused
from service.store.workers import find_beats
from service.workflow.audit import AuditAction
from service.workflow.people import Permission, Person, Role, check_may
from service.workflow.states import LetterState

#: Whoever shows the token of the site's monitoring. It may see these figures and nothing else.
MONITORING = Person(
    person_id="monitoring", name="the monitoring", roles=frozenset({Role.MONITORING})
)

#: What became of dispatches: names in the figures, and the events that they count.
OUTCOMES: Mapping[str, AuditAction] = {
    "started": AuditAction.DISPATCH_STARTED,
    "sent": AuditAction.LETTER_DISPATCHED,
    "failed": AuditAction.DISPATCH_FAILED,
    "refused": AuditAction.DISPATCH_REFUSED,
    "receipt": AuditAction.DISPATCH_RECEIPT,
    "bounced": AuditAction.DISPATCH_BOUNCED,
}
#: What befell work: names in the figures, and the events that they count.
WORK_EVENTS: Mapping[str, AuditAction] = {
    "draft_tried": AuditAction.LETTER_DRAFTING,
    "draft_failed": AuditAction.LETTER_DRAFT_FAILED,
    "dispatch_tried": AuditAction.DISPATCH_STARTED,
    "taken_back": AuditAction.LETTER_REQUEUED,
}
#: The states that workers take letters from, and what they do with them.
_WORK = {
    "draft": (LetterState.RECEIVED, LetterState.DRAFTING),
    "dispatch": (LetterState.APPROVED,),
    "exchange": (LetterState.HELD_EXCHANGE,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One look. Ages are seconds by the clock of this machine."""

    letters: Mapping[LetterState, int]
    oldest_s: Mapping[LetterState, float]
    """How long the letter has been there that has been longest in the state."""
    work: Mapping[str, Waiting]
    holds: Mapping[Stage, int]
    outcomes: Mapping[str, int]
    """By the names of `OUTCOMES`, since the trail began."""
    work_events: Mapping[str, int]
    """By the names of `WORK_EVENTS`, since the trail began."""
    deliveries_given_up: int
    dispatch_paused: bool
    workers: int
    beats: int
    """Goes up while any worker lives."""
    audit_events: int
    anchor_age_s: float | None
    """Since the end of the trail was noted last; None when it never was."""
    disk_free: int
    """Bytes, where the data folder is."""
    database_bytes: int
    """Of SQLite's files with their log; of PostgreSQL what it says itself."""
    database_free: int | None
    """What is left of the size it may grow to; None where nobody has said one."""
    log_bytes: int | None
    """Of SQLite's write-ahead log alone."""
    clock_apart_s: float | None
    """How far the clock of the database is ahead of ours; None for SQLite."""


class Outcomes:
    """Counts of the trail, which only grows: each look reads what was added since the last one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seq = 0
        self._counts: Counter[AuditAction] = Counter()

    def look(self, connection: Connection) -> tuple[int, Mapping[AuditAction, int]]:
        """The number of the last event, and the counts up to there."""
        end, _ = audit_end(connection)
        with self._lock:
            if end < self._seq:
                # an earlier state was restored: nothing of what was counted is certain
                self._seq, self._counts = 0, Counter()
            self._counts.update(count_events(connection, after=self._seq, until=end))
            self._seq = end
            return end, Counter(self._counts)


def figures(desk: Desk, person: Person, outcomes: Outcomes) -> Figures:
    """Look once. Raises what the database raises when it cannot be asked."""
    check_may(person, Permission.SEE_FIGURES)
    now = desk.now()
    with desk.database.snapshot() as connection:
        deliveries, given_up = count_deliveries(connection, now=now)
        work = {
            name: _together(count_waiting(connection, state, now=now) for state in states)
            for name, states in _WORK.items()
        }
        since = oldest_by_state(connection)
        end, counted = outcomes.look(connection)
        beats = find_beats(connection)
        their_time = database_time(connection)
        our_time = desk.now()
        size = database_bytes(connection)
        return Figures(
            letters=count_by_state(connection),
            oldest_s={state: (now - at).total_seconds() for state, at in since.items()},
            work={**work, "webhook": deliveries},
            holds=count_holds(connection),
            outcomes={name: counted[action] for name, action in OUTCOMES.items()},
            work_events={name: counted[action] for name, action in WORK_EVENTS.items()},
            deliveries_given_up=given_up,
            dispatch_paused=is_dispatch_paused(connection),
            workers=len(beats),
            beats=sum(beats.values()),
            audit_events=end,
            anchor_age_s=_anchor_age(desk),
            disk_free=shutil.disk_usage(desk.settings.data_folder).free,
            database_bytes=size,
            database_free=left_of_limit(desk.settings, size),
            log_bytes=_log_bytes(desk),
            clock_apart_s=(their_time - our_time).total_seconds() if their_time else None,
        )


def _together(parts: Iterator[Waiting]) -> Waiting:
    found = tuple(parts)
    return Waiting(
        due=sum(one.due for one in found),
        later=sum(one.later for one in found),
        taken=sum(one.taken for one in found),
    )


def _anchor_age(desk: Desk) -> float | None:
    try:
        noted = anchor_file(desk).stat().st_mtime
    except OSError:
        return None
    return max(0.0, desk.now().timestamp() - noted)


def _log_bytes(desk: Desk) -> int | None:
    """Of SQLite's write-ahead log: one that grows is a reader that hangs."""
    name = desk.database.url.database
    return file_bytes(f"{name}-wal") if desk.database.is_sqlite and name else None
