"""
Durable background work: draft what was received, dispatch what was approved, ask the rules again.

Contract: the letters' own states are the queue. A worker can be killed at any point; whatever it
held is taken up again. A draft that hangs is held for a person and its thread left behind.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from anonymizer.model import Draft
from service.actions.desk import Desk
from service.actions.dispatching import dispatch_next
from service.actions.drafting import (
    DraftWork,
    give_up_draft,
    make_draft,
    requeue_abandoned,
    store_draft,
    take_letter,
)
from service.actions.exchange_desk import look_at_all_again, recheck_next
from service.actions.filing import read_file
from service.logs import get_logger
from service.workflow.errors import StaleVersion

log = get_logger(__name__)

#: So many threads may hang before the worker says that it cannot go on.
MOST_STUCK = 8
_REQUEUE_EVERY = 50


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


class Worker:
    """Threads that work until they are told to stop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._stuck = 0

    def start(self) -> None:
        """Take up what was cut off, then begin; not at all when the pipeline must not draft."""
        if self._desk.fault is not None:
            log.error("worker.not_started")
            return
        # only SQLite has one service for sure; elsewhere another one may be drafting these
        requeue_abandoned(self._desk, all_of_them=self._desk.database.is_sqlite)
        look_at_all_again(self._desk)
        for number in range(self._desk.settings.workers):
            thread = threading.Thread(target=self._run, name=f"worker-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, *, seconds: float = 30.0) -> None:
        """Take nothing new and let what is under way finish."""
        self._stop.set()
        for thread in self._threads:
            thread.join(seconds)

    @property
    def is_alive(self) -> bool:
        """False when a thread ended or too many drafts hang."""
        return self._stuck < MOST_STUCK and all(thread.is_alive() for thread in self._threads)

    def work_once(self) -> bool:
        """Do one piece of work; False when there is none."""
        dispatched = dispatch_next(self._desk) is not None
        # every kind of work has its turn: a full queue of drafts does not stop the others
        checked = recheck_next(self._desk) is not None
        return self._draft_next() or dispatched or checked

    def _run(self) -> None:
        rounds = 0
        while not self._stop.is_set():
            busy = False
            try:
                rounds += 1
                if rounds % _REQUEUE_EVERY == 0:
                    requeue_abandoned(self._desk)
                busy = self._stuck < MOST_STUCK and self.work_once()
            except Exception as error:
                # the loop outlives any single letter
                log.error("worker.failed", exc_info=error)
                self._stop.wait(self._desk.settings.worker_pause_s * 5)
            if not busy:
                self._stop.wait(self._desk.settings.worker_pause_s)

    def _draft_next(self) -> bool:
        work = take_letter(self._desk)
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
