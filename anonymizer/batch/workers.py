"""
The same function on many items, on several processes: results in the order of the items.

Memory stays bounded (a few items per process are under way), results come as soon as they are
ready even when the next item is not there yet, and a process that dies (out of memory, killed)
costs one item, never the run.
"""

import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from types import TracebackType
from typing import Generic, Self, TypeVar

from anonymizer.batch.bench import Bench, BenchOrder
from anonymizer.batch.process import (
    Item,
    Refusal,
    Result,
    Work,
    attempt,
    read_versions,
    start_process,
    work_in_process,
)
from anonymizer.crash import Crash, CrashMet

# What one call hands over and gets back; a pool also reads versions, which is not its own work.
Given = TypeVar("Given")
Found = TypeVar("Found")

_ITEMS_UNDER_WAY_PER_PROCESS = 4
_ITEMS_THAT_PAY_A_PROCESS = 50


def default_jobs(items: int) -> int:
    """As many processes as pay: one takes seconds to load, and a letter a fraction of a second."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(cores, items // _ITEMS_THAT_PAY_A_PROCESS))


class Workers(Generic[Item, Result]):
    """`jobs` processes that do one kind of work; with one job, this process does it itself."""

    def __init__(self, order: BenchOrder, work: Work[Item, Result], *, jobs: int) -> None:
        self._order = order
        self._work = work
        self._jobs = jobs
        self._executor: ProcessPoolExecutor | None = None
        self._bench: Bench | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def versions(self) -> dict[str, str]:
        """The versions in every answer. Loads a pipeline, so raises RulesError or ModelError."""
        if self._jobs == 1:
            return dict(self._own_bench().versions)
        found = self._hand_over(read_versions, None).result()
        if isinstance(found, Refusal):
            raise found.error
        if isinstance(found, Crash):
            raise CrashMet(found)
        return dict(found)

    def map(self, items: Iterable[Item]) -> Iterator[Result | Crash]:
        """The result for every item, in the order of the items."""
        if self._jobs == 1:
            bench = self._own_bench()
            return (attempt(bench, self._work, item) for item in items)
        return self._map_on_processes(items)

    def _own_bench(self) -> Bench:
        if self._bench is None:
            self._bench = self._order.set_up()
        return self._bench

    def _map_on_processes(self, items: Iterable[Item]) -> Iterator[Result | Crash]:
        events: queue.SimpleQueue[_Event[Item]] = queue.SimpleQueue()
        slots = threading.Semaphore(self._jobs * _ITEMS_UNDER_WAY_PER_PROCESS)
        threading.Thread(target=_feed, args=(items, events, slots), daemon=True).start()
        pending: deque[_Pending[Item, Result]] = deque()
        exhausted = False
        while pending or not exhausted:
            event = events.get()
            if isinstance(event, _Next):
                pending.append(self._submit(event.item, events))
            elif isinstance(event, _NoMore):
                exhausted = True
                if event.error is not None:
                    raise event.error
            while pending and pending[0].future.done():
                yield self._collect(pending, events)
                slots.release()

    def _submit(
        self, item: Item, events: "queue.SimpleQueue[_Event[Item]]"
    ) -> "_Pending[Item, Result]":
        try:
            future = self._hand_over(self._work, item)
        except BrokenProcessPool as error:
            # Another item broke the pool a moment ago; `_collect` will repeat this one.
            future = Future()
            future.set_exception(error)
        future.add_done_callback(lambda _: events.put(_Done()))
        return _Pending(item=item, future=future)

    def _collect(
        self, pending: "deque[_Pending[Item, Result]]", events: "queue.SimpleQueue[_Event[Item]]"
    ) -> Result | Crash:
        """The first pending result. When a process died, find out alone whether this item kills."""
        first = pending.popleft()
        found: Result | Crash | Refusal
        try:
            found = first.future.result()
        except BrokenProcessPool:
            found = self._alone(first.item)
            again = [self._submit(one.item, events) for one in pending]
            pending.clear()
            pending.extend(again)
        if isinstance(found, Refusal):
            raise found.error
        return found

    def _alone(self, item: Item) -> "Result | Crash | Refusal":
        self._stop()
        try:
            return self._hand_over(self._work, item).result()
        except BrokenProcessPool:
            self._stop()
            return Crash(error_class="ProcessDied", where="a worker process")

    def _hand_over(
        self, work: Work[Given, Found], item: Given
    ) -> "Future[Found | Crash | Refusal]":
        with _deaf_to_ctrl_c():
            return self._pool().submit(work_in_process, work, item)

    def _pool(self) -> ProcessPoolExecutor:
        if self._executor is None:
            # spawn, not fork: the model's run time starts threads that do not survive a fork.
            self._executor = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=start_process,
                initargs=(self._order,),
            )
        return self._executor

    def _stop(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """
    A process started meanwhile is deaf to Ctrl-C from its first instruction; we hear it after.

    Ctrl-C reaches the whole group, and a process that still imports would print a traceback.
    """
    # Starting it would unblock the signal again, halfway through starting the first process.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True, slots=True)
class _Next(Generic[Item]):
    item: Item


@dataclass(frozen=True, slots=True)
class _NoMore:
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    pass


_Event = _Next[Item] | _NoMore | _Done


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending(Generic[Item, Result]):
    item: Item
    future: "Future[Result | Crash | Refusal]"


def _feed(
    items: Iterable[Item], events: "queue.SimpleQueue[_Event[Item]]", slots: threading.Semaphore
) -> None:
    """Runs beside the main thread, so that waiting for an item never delays a finished result."""
    try:
        for item in items:
            slots.acquire()
            events.put(_Next(item))
    except Exception as error:  # noqa: BLE001 (raised again in the main thread)
        events.put(_NoMore(error))
    else:
        events.put(_NoMore())
