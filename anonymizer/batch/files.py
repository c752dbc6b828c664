"""
Writing files so that a crash leaves the old file or the new one, never half of either.

What is written is readable by its owner only: a draft is still about real people.
"""

import contextlib
import os
import tempfile
from pathlib import Path

#: Marks files under way, so that a run can clear up after one that was killed.
TEMPORARY_PREFIX = ".writing-"


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path`: written beside it, forced to disk, then renamed over it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY_PREFIX)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to disk: a rename is durable only after that."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear_temporary_files(folder: Path) -> None:
    """Remove what a killed run left half written."""
    for left in folder.rglob(f"{TEMPORARY_PREFIX}*"):
        left.unlink(missing_ok=True)
