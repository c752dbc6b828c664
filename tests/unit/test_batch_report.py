"""The report: no word of a letter, and a memory that survives being killed."""

import json
from pathlib import Path

import pytest

from anonymizer.batch.report import Entry, Report
from anonymizer.errors import UnreadableInput


def _entry(path: str, status: str = "drafted") -> Entry:
    return Entry(
        path=path,
        input_digest="1" * 64,
        output=path,
        output_digest="2" * 64,
        circumstances="3" * 64,
        answer={"status": status, "text": "Dear Anna", "versions": {"code": "1"}},
    )


def test_the_drafted_text_is_not_in_the_report(tmp_path: Path) -> None:
    """The report may be passed on where the letter may not."""
    with Report(tmp_path / "report.jsonl") as report:
        report.add(_entry("a.txt"))
    assert b"Anna" not in (tmp_path / "report.jsonl").read_bytes()


def test_a_finished_report_has_one_line_per_letter_sorted(tmp_path: Path) -> None:
    """The latest line about a letter counts."""
    path = tmp_path / "report.jsonl"
    with Report(path) as report:
        report.add(_entry("b.txt", "held"))
        report.add(_entry("a.txt"))
        report.add(_entry("b.txt"))
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(line["path"], line["status"]) for line in lines] == [
        ("a.txt", "drafted"),
        ("b.txt", "drafted"),
    ]


def test_a_line_torn_by_a_kill_is_dropped(tmp_path: Path) -> None:
    """What was written before it is kept, and lines added later are whole."""
    path = tmp_path / "report.jsonl"
    whole = _entry("a.txt").as_line()
    path.write_bytes(whole + _entry("b.txt").as_line()[:40])
    with Report(path) as report:
        assert set(report.entries) == {"a.txt"}
        report.add(_entry("c.txt"))
    assert set(Report(path).entries) == {"a.txt", "c.txt"}


def test_lines_are_on_disk_at_once(tmp_path: Path) -> None:
    """A run that is killed after a letter remembers that letter."""
    path = tmp_path / "report.jsonl"
    with Report(path) as report:
        report.add(_entry("a.txt"))
        assert set(Report(path).entries) == {"a.txt"}


def test_a_strange_report_is_refused_not_overwritten(tmp_path: Path) -> None:
    """A file of that name may be somebody else's."""
    path = tmp_path / "report.jsonl"
    path.write_text('{"something": "else"}\n', encoding="utf-8")
    with pytest.raises(UnreadableInput, match="line 1 of the report"):
        Report(path)


def test_the_report_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    """It holds donor numbers."""
    with Report(tmp_path / "report.jsonl") as report:
        report.add(_entry("a.txt"))
    assert (tmp_path / "report.jsonl").stat().st_mode & 0o077 == 0


def test_a_report_that_is_no_ordinary_file_is_refused() -> None:
    """A device has no end: reading one took all memory."""
    with pytest.raises(UnreadableInput, match="no ordinary file"):
        Report(Path("/dev/full"))
