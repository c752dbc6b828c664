"""
Durable background work: draft what was received, dispatch what was approved, ask the rules again.

Contract: the letters' own states are the queue. A worker can be killed at any point, for good;
whatever it held is taken up by another one. A draft that hangs is held for a person and its thread
left behind.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

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
from service.actions.exchange_desk import look_at_all_again, recheck_next
from service.actions.filing import read_file
from service.actions.leasing import beat, enter, leave, take_from_the_dead
from service.actions.returned_mail import collect_returned_mail
from service.actions.webhooks import deliver_next_webhook
from service.logs import get_logger
from service.workflow.errors import StaleVersion, WorkerGone
from service.workflow.liveness import Watch

log = get_logger(__name__)

#: So many threads may hang before the worker says that it cannot go on.
MOST_STUCK = 8


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


@dataclass(slots=True)
class Hand:
    """One working thread: under which name it takes letters, and since when it works on one."""

    worker_id: str = ""
    busy_since: float | None = None
    """On the clock that only goes forward; None while it has nothing in hand."""


class Worker:
    """Threads that work until they are told to stop, and one that shows that they live."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._hands = [Hand() for _ in range(desk.settings.workers)]
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

    def stop(self, *, seconds: float = 30.0) -> None:
        """Take nothing new, let what is under way finish, and give back what does not."""
        self._stop.set()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        for hand in self._hands:
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
            dispatched = dispatch_next(self._desk, hand.worker_id) is not None
            # every kind of work has its turn: a full queue of drafts does not stop the others
            checked = recheck_next(self._desk) is not None
            told = deliver_next_webhook(self._desk)
            return self._draft_next(hand.worker_id) or dispatched or checked or told
        finally:
            hand.busy_since = None

    def look_after_others(self) -> None:
        """Show that the threads live, and take the letters of workers that no longer do."""
        beats = beat(self._desk, [hand.worker_id for hand in self._hands if self._lives(hand)])
        dead = self._watch.look(beats)
        count = take_from_the_dead(self._desk, dead)
        collect_returned_mail(self._desk)
        if count:
            log.warning("worker.took_over", count=count)

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
            give_up_draft(desk, work, code="failed")
            return
        state = store_draft(desk, work, coming.result())
        log.debug("draft.stored", letter_id=letter_id, state=state.value)
