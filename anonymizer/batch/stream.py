"""
JSON Lines in, JSON Lines out: one answer per line, in the order of the lines.

Bytes out depend on bytes in, rules and model only, never on the number of processes. A line that
is no letter gets an answer too, so that answers and lines can always be laid side by side.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from anonymizer.answer import answer, parse_request
from anonymizer.batch.answers import failed_answer, unreadable_answer
from anonymizer.batch.bench import Bench, BenchOrder
from anonymizer.batch.workers import Workers
from anonymizer.crash import Crash
from anonymizer.errors import UnreadableInput
from anonymizer.model import Circumstances
from anonymizer.outcome import ExitCode, exit_code_of, worst
from anonymizer.strict_json import check_values, parse_object

#: A letter of 200,000 characters, each written as a pair of `\\uXXXX`, with room for the rest.
MAX_LINE_BYTES = 4 * 1024 * 1024
_MAX_ID_LENGTH = 200
_READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the input; `data` is None when it was too long to be kept."""

    data: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One line of the output."""

    data: bytes
    exit_code: ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSummary:
    """How a stream ended."""

    exit_code: ExitCode
    lines: int
    bugs: tuple[Crash, ...]


def redact_stream(
    lines: Iterator[Line], write: Callable[[bytes], None], order: BenchOrder, *, jobs: int
) -> StreamSummary:
    """Answer every line. Raises RulesError or ModelError before the first answer."""
    codes: set[ExitCode] = set()
    bugs: list[Crash] = []
    count = 0
    with Workers[Line, Answered](order, answer_line, jobs=jobs) as workers:
        workers.versions()
        for found in workers.map(lines):
            if isinstance(found, Crash):
                bugs.append(found)
                write(_as_line(failed_answer(None, str(found))))
            else:
                codes.add(found.exit_code)
                write(found.data)
            count += 1
    exit_code = ExitCode.BUG if bugs else worst(codes)
    return StreamSummary(exit_code=exit_code, lines=count, bugs=tuple(bugs))


def read_lines(descriptor: int) -> Iterator[Line]:
    """
    The lines of an open file; empty ones are left out, too long ones are not kept.

    Reads the descriptor itself: a buffered reader would hold a lock in the reading thread, and
    the program could not end while the other side keeps the pipe open.
    """
    kept, too_long = bytearray(), False
    while chunk := os.read(descriptor, _READ_BYTES):
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            yield from _line(kept + end, too_long=too_long)
            kept, too_long = bytearray(), False
        kept += rest
        if len(kept) > MAX_LINE_BYTES:
            kept, too_long = bytearray(), True
    yield from _line(kept, too_long=too_long)


def _line(data: bytearray, *, too_long: bool) -> Iterator[Line]:
    if too_long or len(data) > MAX_LINE_BYTES:
        yield Line(None)
    elif data.strip():
        yield Line(bytes(data))


def answer_line(bench: Bench, line: Line) -> Answered:
    """Runs in a worker process: one request to one public answer."""
    letter_id: str | None = None
    try:
        data = _parsed(line)
        letter_id = _readable_id(data)
        check_values(data)
        letter, circumstances = parse_request(data)
    except UnreadableInput as error:
        told = unreadable_answer(letter_id, str(error), bench.versions)
    else:
        merged = _with_defaults(circumstances, bench.circumstances)
        told = answer(bench.pipeline.draft(letter, merged, bench.register))
    return Answered(data=_as_line(told), exit_code=exit_code_of(told))


def _parsed(line: Line) -> dict[str, object]:
    if line.data is None:
        message = f"The line is longer than {MAX_LINE_BYTES} bytes."
        raise UnreadableInput(message)
    return parse_object(line.data)


def _readable_id(data: dict[str, object]) -> str | None:
    letter_id = data.get("id")
    if not isinstance(letter_id, str) or len(letter_id) > _MAX_ID_LENGTH:
        return None
    return letter_id if letter_id.isprintable() else None


def _with_defaults(told: Circumstances, default: Circumstances) -> Circumstances:
    """What a line leaves out is taken from the command line."""
    return Circumstances(
        writer_country=told.writer_country or default.writer_country,
        reader_country=told.reader_country or default.reader_country,
        language=told.language or default.language,
        known_identifiers=told.known_identifiers + default.known_identifiers,
    )


def _as_line(told: dict[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode() + b"\n"
