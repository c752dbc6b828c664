"""
Reading in a child process: no network, no environment, no open files, limits on everything.

The document goes in and JSON comes out through two memory files, so that nothing of a letter
touches a disk and no pipe can block. Whatever happens in there, the parent gets a `Reading`,
an `Unreadable` or an `OverLimit`, and no process is left over.
"""

import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from anonymizer.documents.limits import MEBI, ReadingLimits, check_size, refuse
from anonymizer.documents.reader import DEFAULT_LIMITS, read_document, reader_failed
from anonymizer.documents.wire import packed, unpacked
from anonymizer.errors import OverLimit, Unreadable
from anonymizer.model import Box, Reading

#: Bytes of the child's answer and of any file it writes.
_MAX_FILE = 256 * MEBI
_MAX_OPEN_FILES = 64
#: Kept in memory, so that page images of a scan never reach a disk.
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 (a private folder is made in it)
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",  # tesseract
    "LC_ALL": "C.UTF-8",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
# linux/sched.h and linux/prctl.h
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


def read_in_child(
    content: bytes,
    *,
    file_name: str | None = None,
    languages: tuple[str, ...] = ("en",),
    limits: ReadingLimits = DEFAULT_LIMITS,
    draw_pictures: bool = False,
) -> Reading:
    """
    As `read_document`, in a child process of its own that is gone when this returns.

    With `draw_pictures` the pictures of the document are written anew (`Picture.drawn`).
    Raises `Unreadable` (`reader_failed` when the child crashed or was killed) and `OverLimit`.
    """
    order = {"task": "read", "file_name": file_name, "draw_pictures": draw_pictures}
    return _answer(order, content, languages, limits)


def redraw_in_child(
    content: bytes,
    boxes: Sequence[Box] = (),
    *,
    languages: tuple[str, ...] = ("en",),
    limits: ReadingLimits = DEFAULT_LIMITS,
) -> Reading:
    """A picture with boxes burnt into its pixels, as `redraw` gives it; errors as above."""
    order = {"task": "redraw", "boxes": [asdict(one) for one in boxes]}
    return _answer(order, content, languages, limits)


def _answer(
    order: Mapping[str, object],
    content: bytes,
    languages: tuple[str, ...],
    limits: ReadingLimits,
) -> Reading:
    check_size(content, limits)
    order = {**order, "languages": languages, "limits": asdict(limits)}
    try:
        result = unpacked(_ask_child(json.dumps(order).encode() + b"\n" + content, limits))
    except (ValueError, OSError):  # no answer, or this machine has no room for one more process
        raise reader_failed() from None
    if isinstance(result, Unreadable):
        raise result
    return result


def _ask_child(question: bytes, limits: ReadingLimits) -> bytes:
    told, asked = _memory_file(b""), _memory_file(question)
    try:
        with tempfile.TemporaryDirectory(dir=_folder_for(limits), prefix="reading-") as folder:
            _run(asked, told, folder, limits)
        size = os.fstat(told).st_size
        return os.pread(told, size, 0) if size <= _MAX_FILE else b""
    finally:
        os.close(told)
        os.close(asked)


def _run(asked: int, told: int, folder: str, limits: ReadingLimits) -> None:
    child = subprocess.Popen(
        [sys.executable, "-I", "-m", "anonymizer.documents.child"],
        stdin=asked,
        stdout=told,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_ENVIRONMENT | {"TMPDIR": folder, "HOME": folder},
        start_new_session=True,
    )
    try:
        child.wait(timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        raise refuse(limit="seconds", most=f"read within {limits.seconds} seconds") from None
    finally:
        # The child's own children too; it may have ended before them.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.returncode == -signal.SIGXCPU:
        raise refuse(limit="seconds", most=f"read within {limits.seconds} seconds")


def _memory_file(content: bytes) -> int:
    descriptor = os.memfd_create("document", os.MFD_CLOEXEC)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _folder_for(limits: ReadingLimits) -> Path | None:
    """In memory where there is room for it, else where temporary files go."""
    with suppress(OSError):
        if shutil.disk_usage(_MEMORY_FOLDER).free > limits.memory_bytes:
            return _MEMORY_FOLDER
    return None


def main() -> None:
    """In the child: close the doors, read, tell."""
    answer = os.dup(sys.stdout.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # libraries may print
    with open(sys.stdin.fileno(), "rb", closefd=False) as asked:
        order = json.loads(asked.readline())
        content = asked.read()
    limits = ReadingLimits(**order["limits"])
    _close_doors(limits)
    data = packed(_result(content, order, limits))
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(answer, rest) :]
    os._exit(0)  # no clean-up of what a parser may have broken


def _result(
    content: bytes, order: Mapping[str, Any], limits: ReadingLimits
) -> Reading | Unreadable:
    languages = tuple(order["languages"])
    try:
        if order["task"] == "redraw":
            from anonymizer.documents.redrawing import redraw  # noqa: PLC0415 (loads Pillow)

            boxes = [Box(**one) for one in order["boxes"]]
            return redraw(content, boxes, limits, languages=languages)
        reading = read_document(
            content, file_name=order["file_name"], languages=languages, limits=limits
        )
        if not order["draw_pictures"] or not reading.pictures:
            return reading
        from anonymizer.documents.redrawing import with_drawn_pictures  # noqa: PLC0415

        return with_drawn_pictures(reading, limits)
    except (Unreadable, OverLimit) as error:
        return error


def _close_doors(limits: ReadingLimits) -> None:
    """Limits for this process and its children; no network where the kernel lets us leave it."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    for limit, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, _MAX_FILE),
        (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        top = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (top, top))
    # At the soft limit the signal tells why it ended, at the hard one it is killed.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 2))


if __name__ == "__main__":
    main()
