"""The child process that reads: limited, alone, and gone afterwards."""

import os
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from anonymizer.documents import ReadingLimits, child, read_in_child
from anonymizer.documents.wire import packed, unpacked
from anonymizer.errors import OverLimit, Unreadable
from anonymizer.model import (
    DocumentKind,
    Origin,
    Passage,
    Picture,
    Reading,
    ReadingWarning,
    UnsureWord,
)
from tests.documents.hidden_places import DOCX_HIDDEN
from tests.documents.make_mail import mail
from tests.documents.make_office import docx, paragraph

LETTER = "Dear donor,\nthank you."
FULL = Reading(
    kind=DocumentKind.PDF,
    text="Dear donor \U0001f600",
    passages=(Passage(text="x", origin=Origin.COVERED, visible=False, where="page 1"),),
    pictures=(
        Picture(where="page 1", media_type="image/png", width=1, height=2, content=b"\x00\xff"),
    ),
    warnings=(ReadingWarning(code="c", sentence="S."),),
    unsure=(UnsureWord(start=0, end=4, confidence=0.5),),
    needs_transcription=True,
    pages=3,
)
#: Closes the doors as the child does, then tries what a parser that was taken over would.
PROBE = """
import socket, resource, sys
from anonymizer.documents.child import _close_doors
from anonymizer.documents.limits import ReadingLimits
_close_doors(ReadingLimits())
print(sorted(socket.if_nameindex()), resource.getrlimit(resource.RLIMIT_AS)[0])
try:
    bytearray(2_000_000_000)
except MemoryError:
    print("no memory")
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
except OSError as error:
    print("no network")
"""


def test_it_reads_as_this_process_does() -> None:
    """Text, passages and warnings come back as they are."""
    reading = read_in_child(DOCX_HIDDEN["comment"], file_name="x.pdf")
    assert reading.kind is DocumentKind.DOCX
    assert [one.origin for one in reading.passages] == [Origin.COMMENT]
    assert [one.code for one in reading.warnings] == ["name_differs"]


@pytest.mark.parametrize("result", [FULL, Reading(kind=DocumentKind.TEXT, text="x")])
def test_every_field_of_a_reading_travels(result: Reading) -> None:
    """Pictures byte by byte."""
    assert unpacked(packed(result)) == result


def test_a_refusal_travels_with_its_kind() -> None:
    """Over a limit is told apart from unreadable."""
    for error in (Unreadable("a", "A."), OverLimit("b", "B.")):
        back = unpacked(packed(error))
        assert isinstance(back, Unreadable)
        assert (type(back), back.code, back.sentence) == (type(error), error.code, error.sentence)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"reading": {}}',
        b'{"reading": null}',
        b'{"other": {"code": "a", "sentence": "b"}}',
        b'{"unreadable": {"code": 1, "sentence": "b"}}',
        b"\xff\xfe",
        b"[" * 100_000,
        packed(FULL).replace(b'"pdf"', b'"exe"'),
        packed(FULL).replace(b'"end": 4', b'"end": 400'),
        packed(FULL).replace(b'"pages": 3', b'"pages": true'),
        packed(FULL).replace(b"AP8=", b"A!=="),
        packed(FULL).replace(b"Dear", b"\\ud800"),
        packed(FULL)[:-1],
    ],
)
def test_the_child_is_not_believed(data: bytes) -> None:
    """What is no reading is an error, whatever it is instead."""
    with pytest.raises(ValueError):  # noqa: PT011 (its words do not matter)
        unpacked(data)


def test_over_the_time_it_is_killed() -> None:
    """A reader that does not end costs its time and nothing else."""
    slow = mail("x", head=f"Cc: {'(' * 9_000}\r\n" * 500)
    with pytest.raises(OverLimit) as refused:
        read_in_child(slow, limits=ReadingLimits(seconds=0))
    assert refused.value.code == "over_limit_seconds"


def test_over_the_memory_it_is_refused() -> None:
    """The limit is named, and this process has not grown."""
    runs = docx(
        "".join(f"<w:r><w:t>{sha256(b'%d' % n).hexdigest()}</w:t></w:r>" for n in range(150_000))
    )
    with pytest.raises(Unreadable) as refused:
        read_in_child(runs, limits=ReadingLimits(memory_bytes=120 << 20))
    assert refused.value.code in {"over_limit_memory", "reader_failed"}


def test_too_large_a_file_starts_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before anything reads it."""
    monkeypatch.setattr(child, "_ask_child", None)
    with pytest.raises(OverLimit):
        read_in_child(b"a" * 11, limits=ReadingLimits(document_bytes=10))


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/bin/echo", "/nonexistent"])
def test_a_child_that_breaks_is_an_unreadable_file(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it says nothing, nonsense, or does not even start."""
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(Unreadable) as refused:
        read_in_child(LETTER.encode())
    assert refused.value.code == "reader_failed"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file, no open descriptor, no process."""
    monkeypatch.setattr(child, "_MEMORY_FOLDER", tmp_path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for data in (LETTER.encode(), docx(paragraph(LETTER)), b""):
        with suppress(Unreadable):
            read_in_child(data)
    assert list(tmp_path.iterdir()) == []
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_child_has_no_network_and_little_memory() -> None:
    """Not even to this machine."""
    told = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, "9"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    interfaces, *rest = told
    assert "eth" not in interfaces
    assert rest == ["no memory", "no network"]


def test_the_child_knows_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are often in it."""
    monkeypatch.setenv("ANONYMIZER_KEY", "secret")
    assert "ANONYMIZER_KEY" not in child._ENVIRONMENT
    assert set(child._ENVIRONMENT) <= {
        "PATH",
        "LC_ALL",
        "OMP_THREAD_LIMIT",
        "OPENBLAS_NUM_THREADS",
        "MALLOC_ARENA_MAX",
    }
