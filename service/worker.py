"""
Durable background work: draft what was received, dispatch what was approved, ask the rules again.

Contract: the letters' own states are the queue. A worker can be killed at any point, for good;
whatever it held is taken up by another one. A draft that hangs is held for a person and its thread
left behind.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from anonymizer.errors import RulesError
from anonymizer.model import Draft
from service.actions.desk import Desk
from service.actions.dispatching import dispatch_next
from service.actions.drafting import (
    DraftWork,
    give_up_draft,
    make_draft,
    store_draft,
    take_letter,
)
from service.actions.endpoint_checks import ask_next_endpoint
from service.actions.exchange_desk import look_at_all_again, recheck_next
from service.actions.filing import read_file
from service.actions.leasing import beat, enter, leave, take_from_the_dead
from service.actions.purging import is_due as purge_is_due
from service.actions.purging import purge_if_due
from service.actions.reconciling import reconcile
from service.actions.returned_mail import collect_returned_mail
from service.actions.webhooks import deliver_next_webhook, drop_unheard
from service.logs import get_logger
from service.workflow.errors import StaleVersion, WorkerGone
from service.workflow.liveness import Watch

log = get_logger(__name__)

#: A clock that is further ahead than that erases nothing.
_MOST_AHEAD = timedelta(hours=1)
_AFTER_TROUBLE_S = 60.0
#: How often letters, events and dispatches are compared: it reads all of them.
_COMPARE_EVERY_S = 3600.0
#: So many threads may hang before the worker says that it cannot go on.
MOST_STUCK = 8


def _seconds_passed() -> float:
    """Seconds on the clock that nobody can set; it goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def in_thread(work: Callable[[], Draft]) -> Future[Draft]:
    """The draft to come. Python cannot stop a thread: one that hangs is left behind."""
    future: Future[Draft] = Future()

    def call() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - carried over to whoever waits
            future.set_exception(error)

    threading.Thread(target=call, name="draft", daemon=True).start()
    return future


class Task(StrEnum):
    """What a worker is for."""

    ALL = "all"
    DRAFTS = "drafts"
    """Reads, drafts, asks the rules, erases: all that needs no network."""
    SENDING = "sending"
    """Letters, words to registries, codes to new addresses, mail that comes back."""


@dataclass(slots=True)
class Hand:
    """One working thread: under which name it takes letters, and since when it works on one."""

    worker_id: str = ""
    busy_since: float | None = None
    """On the clock that only goes forward; None while it has nothing in hand."""


class Worker:
    """Threads that work until they are told to stop, and one that shows that they live."""

    def __init__(self, desk: Desk, task: Task = Task.ALL) -> None:
        self._desk = desk
        self._sends = task is not Task.DRAFTS
        self._drafts = task is not Task.SENDING
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._hands = [Hand() for _ in range(desk.settings.workers)]
        self._keeper = Hand()
        self._began = (desk.now(), _seconds_passed())
        self._compare_at = 0.0
        self._mismatches: Mapping[str, int] = {}
        self._watch = Watch(looks=desk.settings.looks)
        self._stuck = 0

    def start(self) -> None:
        """Begin; not at all when the pipeline must not draft."""
        if self._desk.fault is not None:
            log.error("worker.not_started")
            return
        look_at_all_again(self._desk)
        self._begin("heartbeat", self._show_life)
        for number, hand in enumerate(self._hands):
            self._begin(f"worker-{number}", lambda hand=hand: self._run(hand))  # type: ignore[misc]  # bound now
        self._begin("keeper", self._keep)

    def stop(self, *, seconds: float = 30.0) -> None:
        """Take nothing new, let what is under way finish, and give back what does not."""
        self._stop.set()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        for hand in (*self._hands, self._keeper):
            self._give_back(hand)

    @property
    def is_alive(self) -> bool:
        """False when a thread ended or too many drafts hang."""
        return self._stuck < MOST_STUCK and all(thread.is_alive() for thread in self._threads)

    def work_once(self, hand: Hand | None = None) -> bool:
        """Do one piece of work; False when there is none."""
        hand = hand or self._hands[0]
        hand.worker_id = hand.worker_id or enter(self._desk)
        hand.busy_since = time.monotonic()
        try:
            # every kind of work has its turn: a full queue of drafts does not stop the others
            sent = self._sends and self._send_next(hand.worker_id)
            checked = self._drafts and recheck_next(self._desk) is not None
            return (self._drafts and self._draft_next(hand.worker_id)) or sent or checked
        finally:
            hand.busy_since = None

    def look_after_others(self) -> None:
        """Show that the threads live, and take the letters of workers that no longer do."""
        hands = (*self._hands, self._keeper)
        beats = beat(self._desk, [hand.worker_id for hand in hands if self._lives(hand)])
        dead = self._watch.look(beats)
        count = take_from_the_dead(self._desk, dead)
        if self._sends:
            collect_returned_mail(self._desk)
            drop_unheard(self._desk)
        if count:
            log.warning("worker.took_over", count=count)

    def keep_house(self) -> None:
        """What is nobody's letter: check new addresses, and erase what is due once a day."""
        hand = self._keeper
        hand.busy_since = time.monotonic()
        try:
            if self._sends:
                ask_next_endpoint(self._desk)
            if not self._drafts:
                return
            self._compare()
            if not purge_is_due(self._desk):
                return
            if self._clock_jumped():
                # a wrong clock must not erase before its time
                log.error("purge.clock_jumped")
                return
            hand.worker_id = hand.worker_id or enter(self._desk)
            purged = purge_if_due(self._desk, hand.worker_id, go_on=self._goes_on)
            if purged is not None:
                log.info("purge.done", count=purged.count)
            if purged is not None and purged.failed:
                log.error("purge.left_some", count=len(purged.failed))
        finally:
            hand.busy_since = None

    def _compare(self) -> None:
        """Now and then: do letters, events and dispatches agree?"""
        if time.monotonic() >= self._compare_at:
            self._mismatches = reconcile(self._desk, before=self._mismatches)
            self._compare_at = time.monotonic() + _COMPARE_EVERY_S

    def _goes_on(self) -> bool:
        """Before each portion: the keeper lives, and nobody told it to stop."""
        self._keeper.busy_since = time.monotonic()
        return not self._stop.is_set()

    def _clock_jumped(self) -> bool:
        """True when the clock went ahead of the time that really passed since the start."""
        at, passed = self._began
        ahead = self._desk.now() - at - timedelta(seconds=_seconds_passed() - passed)
        return ahead > _MOST_AHEAD

    def _keep(self) -> None:
        hand = self._keeper
        while not self._stop.wait(self._desk.settings.heartbeat_s):
            try:
                self.keep_house()
            except WorkerGone:
                log.warning("worker.taken_for_dead")
                hand.worker_id = ""
            except Exception as error:
                # a full disk or a lost database: the next round tries again
                log.error("keeper.failed", exc_info=error)
                self._give_back(hand)
                self._stop.wait(_AFTER_TROUBLE_S)

    def _begin(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _run(self, hand: Hand) -> None:
        while not self._stop.is_set():
            busy = False
            try:
                busy = self._stuck < MOST_STUCK and self.work_once(hand)
            except WorkerGone:
                # the machine slept, or the database was away: others have what we had
                log.warning("worker.taken_for_dead")
                hand.worker_id = ""
            except Exception as error:
                # the loop outlives any single letter
                log.error("worker.failed", exc_info=error)
                self._give_back(hand)
                self._stop.wait(self._desk.settings.worker_pause_s * 5)
            if not busy:
                self._stop.wait(self._desk.settings.worker_pause_s)

    def _show_life(self) -> None:
        while not self._stop.wait(self._desk.settings.heartbeat_s):
            try:
                self.look_after_others()
            except Exception as error:
                # no database: then nobody else can take our letters either
                log.error("worker.heartbeat_failed", exc_info=error)

    def _lives(self, hand: Hand) -> bool:
        """False before its first work, and when a piece of work takes so long that others try."""
        since = hand.busy_since
        late = since is not None and time.monotonic() - since > self._desk.settings.draft_lease_s
        return bool(hand.worker_id) and not late

    def _give_back(self, hand: Hand) -> None:
        """What the thread holds is for others now; it goes on under another name."""
        worker_id, hand.worker_id = hand.worker_id, ""
        if not worker_id:
            return
        try:
            leave(self._desk, worker_id)
        except Exception as error:
            # its beat stands still from now on: somebody will notice
            log.error("worker.not_given_back", exc_info=error)

    def _send_next(self, worker_id: str) -> bool:
        dispatched = dispatch_next(self._desk, worker_id) is not None
        return deliver_next_webhook(self._desk) or dispatched

    def _draft_next(self, worker_id: str) -> bool:
        work = take_letter(self._desk, worker_id)
        if work is None:
            return False
        try:
            if work.is_file:
                self._read(work)
            else:
                self._draft(work)
        except StaleVersion:
            # the lease was lost to another worker: its result counts, ours is dropped
            log.warning("draft.lease_lost", letter_id=work.row.letter_id)
        return True

    def _read(self, work: DraftWork) -> None:
        try:
            state = read_file(self._desk, work)
        except StaleVersion:
            raise
        except Exception as error:
            # the child cannot fail like this: its machine or our store did
            log.error("read.failed", letter_id=work.row.letter_id, exc_info=error)
            state = give_up_draft(self._desk, work, code="reader_failed")
        log.debug("read.stored", letter_id=work.row.letter_id, state=state.value)

    def _draft(self, work: DraftWork) -> None:
        desk, letter_id = self._desk, work.row.letter_id
        coming = in_thread(lambda: make_draft(desk, work))
        try:
            error = coming.exception(desk.settings.draft_timeout_s)
        except TimeoutError:
            self._stuck += 1
            log.error("draft.timeout", letter_id=letter_id)
            give_up_draft(desk, work, code="timeout", final=True)
            return
        if error is not None:
            # any failure leads to another try and then to a person
            log.error("draft.failed", letter_id=letter_id, exc_info=error)
            code = "site_words" if isinstance(error, RulesError) else "failed"
            give_up_draft(desk, work, code=code)
            return
        state = store_draft(desk, work, coming.result())
        log.debug("draft.stored", letter_id=letter_id, state=state.value)
