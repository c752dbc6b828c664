"""
The canary of the pipeline, asked again while the service runs.

Contract: a sentence with names goes through the whole pipeline at start and from then on at
intervals. A pipeline that no longer finds them drafts nothing more: the process ends, and is asked
anew when it is started again. Nothing here touches a letter.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from service.actions.desk import Desk
from service.logs import get_logger

log = get_logger(__name__)
_JOIN_S = 30
#: A look that is this many intervals late counts as none.
_LATE = 3


@runtime_checkable
class HasCanary(Protocol):
    """A pipeline that can be asked whether it still finds what it must."""

    def canary_fault(self) -> str | None:
        """Why it must not draft letters, in a sentence; None when it may."""
        ...


class Canary:
    """What the last look found."""

    def __init__(self, desk: Desk) -> None:
        self._pipeline = desk.pipeline
        self._late_s = _LATE * desk.settings.canary_every_s
        self._looked = time.monotonic()
        self.fault = desk.fault

    @property
    def age_s(self) -> float:
        """Since the last look, by a clock that only goes forward."""
        return time.monotonic() - self._looked

    @property
    def is_fresh(self) -> bool:
        """False when the looks have stopped."""
        return self.age_s < self._late_s

    def look(self) -> str | None:
        """Ask the pipeline now; a pipeline that cannot answer has a fault."""
        if isinstance(self._pipeline, HasCanary):
            try:
                self.fault = self._pipeline.canary_fault()
            except Exception as error:
                log.error("canary.failed", exc_info=error)
                self.fault = "the canary could not be asked"
        self._looked = time.monotonic()
        return self.fault


@contextmanager
def watched(canary: Canary, *, every_s: float, end: Callable[[], None]) -> Iterator[None]:
    """Ask at intervals; `end` is called once when there is a fault that was not there before."""
    stop = threading.Event()
    thread = threading.Thread(
        target=_watch, args=(canary, every_s, end, stop), name="canary", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_JOIN_S)


def _watch(canary: Canary, every_s: float, end: Callable[[], None], stop: threading.Event) -> None:
    knew_already = canary.fault is not None
    while not stop.wait(every_s):
        if canary.look() and not knew_already:
            log.error("canary.lost")
            end()
            return
