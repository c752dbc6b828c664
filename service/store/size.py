"""How large the database is, without asking it for every letter that comes in."""

import threading
import time
from collections.abc import Callable

from service.settings import MEBIBYTE, Settings
from service.store.database import Database
from service.store.figures import database_bytes

#: So long an answer is good: what comes in meanwhile fits into the reserve many times.
_GOOD_FOR_S = 5.0


def left_of_limit(settings: Settings, size: int) -> int | None:
    """Bytes that the database may still grow, 0 at least; None where nobody has said how large."""
    if settings.database_limit_mb is None:
        return None
    return max(0, settings.database_limit_mb * MEBIBYTE - size)


class KnownSize:
    """
    The size of a database, shared by all threads of a process and asked again after some seconds.

    One thread asks; the others go by what is known meanwhile, and wait only for a first answer.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[Database, int, float] | None = None

    def of(self, database: Database) -> int:
        """Bytes, at most a few seconds old. Raises what the database raises."""
        known = self._of(database)
        if known is None:
            with self._lock:
                return self._asked(database)
        if not self._is_old(known) or not self._lock.acquire(blocking=False):
            return known[0]
        try:
            return self._asked(database)
        finally:
            self._lock.release()

    def _is_old(self, known: tuple[int, float]) -> bool:
        return self._clock() - known[1] >= _GOOD_FOR_S

    def _of(self, database: Database) -> tuple[int, float] | None:
        """What is known of this database: its size, and since when."""
        known = self._known
        return known[1:] if known is not None and known[0] is database else None

    def _asked(self, database: Database) -> int:
        known = self._of(database)
        if known is not None and not self._is_old(known):
            # whoever had the lock before has asked
            return known[0]
        with database.reading() as connection:
            size = database_bytes(connection)
        self._known = (database, size, self._clock())
        return size
