"""
Keeps what is in memory out of files: no core dump, and no other process of this user reads it.

Contract: on a system without these means nothing happens; what it then takes is said in the
operator's pages (encrypted swap or none).
"""

import contextlib
import ctypes
import resource

_PR_SET_DUMPABLE = 4


def keep_memory_private() -> None:
    """Called once by a process that will hold letters."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
