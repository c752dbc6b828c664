"""
Whose turn it is to write to an SQLite file, among all threads and processes of the machine.

Contract: whoever asks is served about in the order of asking. SQLite alone lets those who wait
sleep and try again, longer each time: under load one of them can be unlucky for longer than any
timeout. Here the system wakes the next one. The turn of a process that is killed is over at once.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.workflow.errors import DatabaseTrouble

#: A writer that waits so long is told so: somebody hangs.
LONGEST_WAIT_S = 30.0


class Turns:
    """The turns at one file; every process has its own, on the same lock file."""

    def __init__(self, path: Path, *, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._path = path
        self._longest_wait_s = longest_wait_s
        self._mine = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """It is this thread's turn until the end of the block; `DatabaseTrouble` when it hangs."""
        # one thread of a process stands in the queue of the processes
        if not self._mine.acquire(timeout=self._longest_wait_s):
            message = f"{self._path}: whoever writes to the database hangs. Restart the service."
            raise DatabaseTrouble(message)
        try:
            with self._queue():
                yield
        finally:
            self._mine.release()

    @contextmanager
    def _queue(self) -> Iterator[None]:
        try:
            # opened each time: a lock belongs to what was opened, and a fork would share it
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            # a folder that takes no file: SQLite says better what is wrong with it
            yield
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def turns_beside(database: str | None) -> Turns | None:
    """The turns at this SQLite file; none where the database is in memory."""
    if not database or database == ":memory:" or database.startswith("file:"):
        return None
    path = Path(database)
    return Turns(path.with_name(f"{path.name}-turn"))
