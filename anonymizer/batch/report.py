"""
`report.jsonl`: one line per letter, what became of it and why, without a word of its text.

The report is also the memory of a run. A line is on disk before the draft it speaks of, so a
killed run finds in it everything it wrote; a line torn by the kill is dropped. When a run ends,
the report holds one line per letter, in the order of their paths.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from anonymizer.batch.files import write_atomically
from anonymizer.errors import UnreadableInput

REPORT_NAME = "report.jsonl"
#: What the report says about a letter besides the public answer.
OWN_FIELDS = ("path", "input_digest", "output", "output_digest", "circumstances")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the report. `answer` is the public answer without the drafted text."""

    path: str
    input_digest: str | None
    output: str | None
    output_digest: str | None
    circumstances: str
    answer: Mapping[str, object]

    @property
    def versions(self) -> Mapping[str, object]:
        """The versions of code, rules and model the letter was drafted with."""
        versions = self.answer.get("versions")
        return versions if isinstance(versions, dict) else {}

    def as_line(self) -> bytes:
        """The entry as one line of JSON."""
        own = {name: getattr(self, name) for name in OWN_FIELDS}
        told = {key: value for key, value in self.answer.items() if key != "text"}
        return json.dumps(own | told, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """The entry of one line. ValueError or KeyError when it is not one."""
        data = json.loads(line)
        own = {name: data.pop(name) for name in OWN_FIELDS}
        return cls(**own, answer=data)


class Report:
    """The report of one output folder, open for adding lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries = _read(path)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Rewritten first: a torn last line would otherwise spoil the line added after it.
        self._rewrite()
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)
        if error is None:
            self._rewrite()

    def add(self, entry: Entry) -> None:
        """Add a line and force it to disk. A later line about the same path replaces an earlier."""
        line = memoryview(entry.as_line())
        while line:
            line = line[os.write(self._descriptor, line) :]
        os.fsync(self._descriptor)
        self.entries[entry.path] = entry

    def _rewrite(self) -> None:
        lines = [self.entries[path].as_line() for path in sorted(self.entries)]
        write_atomically(self._path, b"".join(lines))


def _read(path: Path) -> dict[str, Entry]:
    if not path.exists():
        return {}
    if not path.is_file():  # a device such as /dev/full never ends
        message = "the report is no ordinary file; name another with --report"
        raise UnreadableInput(message)
    lines = path.read_bytes().split(b"\n")
    # What follows the last line end was torn when a run was killed, or is empty.
    return {entry.path: entry for entry in _entries(lines[:-1])}


def _entries(lines: Iterable[bytes]) -> Iterable[Entry]:
    for number, line in enumerate(lines, start=1):
        try:
            yield Entry.from_line(line)
        except (ValueError, KeyError, AttributeError, TypeError):
            message = (
                f"line {number} of the report is not one of this program; "
                "use another --out or move the report away"
            )
            raise UnreadableInput(message) from None
