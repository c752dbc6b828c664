"""
Files that only grow: one JSON object a line, each signed together with the one before it.

Contract: a line that was changed, moved, put in or taken out of the middle raises `AuditBroken`
when the file is read; only cutting off its end leaves no trace, so the file belongs on another
disk or machine than the database, where that takes another person's rights.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from service.vault.keyring import MasterKey
from service.workflow.errors import AuditBroken

Line: TypeAlias = Mapping[str, str | int]
_FIRST = "0" * 64


class SignedLines:
    """Such a file; it is made with its first line."""

    def __init__(self, path: Path, key: MasterKey) -> None:
        self.path = path
        self._key = key

    def append(self, line: Line) -> None:
        """Add a line and flush it to the disk; one process after the other."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        with os.fdopen(os.open(self.path, flags, 0o600), "r+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            signatures = [signature for _, signature in self._checked(stream.read())]
            stream.write(self._signed(line, signatures[-1] if signatures else _FIRST) + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def read(self) -> tuple[Line, ...]:
        """Every line, or `AuditBroken`; none when there is no file."""
        try:
            content = self.path.read_text("utf-8")
        except FileNotFoundError:
            return ()
        except (OSError, ValueError):
            raise self._broken(0) from None
        return tuple(line for line, _ in self._checked(content))

    def _checked(self, content: str) -> Iterator[tuple[Line, str]]:
        previous = _FIRST
        for number, written in enumerate(content.splitlines(), start=1):
            try:
                line = dict(json.loads(written))
                signature = line.pop("signature")
            except (ValueError, TypeError, KeyError):
                raise self._broken(number) from None
            if written != self._signed(line, previous):
                raise self._broken(number)
            previous = str(signature)
            yield line, previous

    def _signed(self, line: Line, previous: str) -> str:
        body = json.dumps(dict(line), sort_keys=True)
        signature = self._key.sign("signed line", self.path.name, previous, body)
        return json.dumps({**line, "signature": signature}, sort_keys=True)

    def _broken(self, number: int) -> AuditBroken:
        message = (
            f"{self.path}: line {number} is not as it was written. Compare the file with a copy."
        )
        return AuditBroken(message)
