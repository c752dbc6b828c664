"""JSON Lines: one answer per line, in order, whatever the line is."""

import json
import os
import threading

import pytest

from anonymizer.batch.stream import MAX_LINE_BYTES, Line, read_lines, redact_stream
from anonymizer.outcome import ExitCode
from tests.fakes import FakeOrder


def _request(letter_id: str, text: str) -> Line:
    return Line(json.dumps({"id": letter_id, "text": text}).encode())


def _answers(*lines: Line, jobs: int = 1) -> tuple[ExitCode, list[dict[str, object]]]:
    written: list[bytes] = []
    summary = redact_stream(iter(lines), written.append, FakeOrder(), jobs=jobs)
    return summary.exit_code, [json.loads(data) for data in written]


def test_answers_stand_in_the_order_of_the_requests() -> None:
    """So that both can be laid side by side."""
    code, answers = _answers(*(_request(str(number), "Dear Anna") for number in range(9)), jobs=2)
    assert [answer["id"] for answer in answers] == [str(number) for number in range(9)]
    assert {answer["text"] for answer in answers} == {"Dear [name 1]"}
    assert code == ExitCode.ALL_DRAFTED


def test_a_held_letter_is_told_by_the_exit_code() -> None:
    """Scripts need not read the answers to know that a person is needed."""
    code, answers = _answers(_request("1", "Dear donor"), _request("2", "HELD"))
    assert code == ExitCode.SOME_HELD
    assert [answer["status"] for answer in answers] == ["drafted", "held"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json Anna", "JSON"),
        (b'{"id": "1", "id": "Anna"}', "same field twice"),
        (b'{"id": "1", "text": 7}', "text"),
        (b'{"id": "1"}', "text"),
        (None, "longer than"),
    ],
    ids=["no json", "twice", "type", "no text", "too long"],
)
def test_a_line_that_is_no_request_gets_an_answer(line: bytes | None, reason: str) -> None:
    """It is held at intake, does not repeat the line, and the next line goes on."""
    code, answers = _answers(Line(line), _request("2", "Dear donor"))
    assert code == ExitCode.UNREADABLE_INPUT
    bad, good = answers
    assert bad["status"] == "held"
    assert isinstance(bad["holds"], list)
    assert [hold["stage"] for hold in bad["holds"]] == ["intake"]
    assert reason in bad["holds"][0]["reason"]
    assert "Anna" not in json.dumps(bad)
    assert good["status"] == "drafted"


def test_a_readable_id_is_kept_for_a_bad_request() -> None:
    """The caller wants to know which letter it was."""
    _, (answer,) = _answers(Line(b'{"id": "2026-17", "text": null}'))
    assert answer["id"] == "2026-17"


@pytest.mark.parametrize("letter_id", ["a\\nb", "\\ud800", "x" * 300, "\\u0000"])
def test_a_strange_id_is_not_repeated(letter_id: str) -> None:
    """An id is for machines: printable and short."""
    _, (answer,) = _answers(Line(f'{{"id": "{letter_id}", "text": null}}'.encode()))
    assert answer["id"] is None


def test_bad_and_good_answers_have_the_same_keys() -> None:
    """A reader of answers needs no second way for errors."""
    _, (good, bad) = _answers(_request("1", "Dear donor"), Line(b"{}"))
    assert list(good) == list(bad)


def test_a_bug_is_an_answer_too() -> None:
    """Its message is not told: it may quote the letter."""
    code, (answer,) = _answers(_request("1", "BUG in Annaberg"))
    assert code == ExitCode.BUG
    assert "Annaberg" not in json.dumps(answer)


def _piped(data: bytes) -> list[bytes | None]:
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as file:
            file.write(data)

    writer = threading.Thread(target=write)
    writer.start()
    found = [line.data for line in read_lines(reading)]
    writer.join()
    os.close(reading)
    return found


def test_lines_are_split_at_line_ends_only() -> None:
    """Empty lines are left out; the last line needs no end."""
    found = _piped(b"one\n\ntwo\r\n \xe2\x80\xa8three")
    assert found == [b"one", b"two\r", b" \xe2\x80\xa8three"]


def test_a_line_that_is_too_long_is_not_kept() -> None:
    """The line is answered as unreadable and the lines after it are read."""
    found = _piped(b"x" * (MAX_LINE_BYTES + 1) + b"\nnext\n")
    assert found == [None, b"next"]
