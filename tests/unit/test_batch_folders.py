"""A folder of letters to a folder of drafts: again, after a kill, and never over other files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from anonymizer.batch.folders import FolderRun, Summary, redact_folders
from anonymizer.batch.report import Report
from anonymizer.model import OutgoingFormat
from anonymizer.outcome import ExitCode, UsageRefused
from tests.fakes import FakeOrder


@pytest.fixture
def run(tmp_path: Path) -> FolderRun:
    """A run over three letters, of which one will be held."""
    letters = tmp_path / "in"
    (letters / "sub").mkdir(parents=True)
    (letters / "a.txt").write_text("Dear Anna", encoding="utf-8")
    (letters / "b.txt").write_text("Lieber HELD", encoding="utf-8")
    (letters / "sub/c.txt").write_text("Dear donor", encoding="utf-8")
    return FolderRun(paths=(letters,), out=tmp_path / "out", order=FakeOrder(), jobs=1)


def _go(run: FolderRun) -> Summary:
    return redact_folders(run, lambda _done, _total: None)


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_drafts_keep_names_and_held_ones_lie_apart(run: FolderRun) -> None:
    """Nobody can mistake a held draft for a finished one."""
    summary = _go(run)
    assert _files(run.out) == {"a.txt", "sub/c.txt", "held/b.txt", "report.jsonl"}
    assert (run.out / "a.txt").read_text("utf-8") == "Dear [name 1]"
    assert (summary.drafted, summary.held, summary.exit_code) == (2, 1, ExitCode.SOME_HELD)


def test_a_second_run_does_nothing_and_says_the_same(run: FolderRun) -> None:
    """What is done is skipped; the exit code is still about all letters."""
    _go(run)
    before = {name: (run.out / name).stat().st_mtime_ns for name in _files(run.out)}
    summary = _go(run)
    after = {name: (run.out / name).stat().st_mtime_ns for name in _files(run.out)}
    assert summary.skipped == 3
    assert summary.exit_code == ExitCode.SOME_HELD
    before.pop("report.jsonl"), after.pop("report.jsonl")
    assert before == after


def test_new_letters_are_added_to_a_finished_run(run: FolderRun) -> None:
    """The folder of letters may grow."""
    _go(run)
    (run.paths[0] / "d.txt").write_text("Dear Anna", encoding="utf-8")
    assert _go(run).skipped == 3
    assert (run.out / "d.txt").exists()


@pytest.mark.parametrize("change", ["letter", "version", "circumstances", "number"])
def test_an_outdated_draft_is_not_overwritten_unasked(run: FolderRun, change: str) -> None:
    """The run refuses as a whole, before it writes anything; --force drafts what changed."""
    _go(run)
    changed = run
    if change == "letter":
        (run.paths[0] / "a.txt").write_text("Dear Anna and Anna", encoding="utf-8")
    elif change == "version":
        changed = replace(run, order=FakeOrder(version="2"))
    elif change == "number":
        changed = replace(run, cover_numbers={"a.txt": "47114711"})
    else:
        changed = replace(run, order=FakeOrder(donor_number_formats=("[0-9]{8}",)))
    before = (run.out / "report.jsonl").read_bytes()
    with pytest.raises(UsageRefused, match="--force"):
        _go(changed)
    assert (run.out / "report.jsonl").read_bytes() == before
    summary = _go(replace(changed, force=True))
    assert summary.skipped == (2 if change in {"letter", "number"} else 0)


def test_an_edited_draft_is_left_alone(run: FolderRun) -> None:
    """A person's work is only replaced when that is asked for."""
    _go(run)
    (run.out / "a.txt").write_text("edited", encoding="utf-8")
    assert _go(run).skipped == 3
    assert (run.out / "a.txt").read_text("utf-8") == "edited"
    assert _go(replace(run, force=True)).skipped == 2
    assert (run.out / "a.txt").read_text("utf-8") == "Dear [name 1]"


def test_another_format_leaves_edited_drafts_alone(run: FolderRun) -> None:
    """A document would go under another name, and the draft of before would be removed."""
    _go(run)
    (run.out / "a.txt").write_text("edited", encoding="utf-8")
    with pytest.raises(UsageRefused, match="--force"):
        _go(replace(run, form=OutgoingFormat.DOCX))
    assert (run.out / "a.txt").read_text("utf-8") == "edited"


def test_a_strange_file_is_never_overwritten_unasked(run: FolderRun) -> None:
    """A file of a draft's name that is not in the report is somebody else's."""
    run.out.mkdir()
    (run.out / "a.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageRefused):
        _go(run)
    assert (run.out / "a.txt").read_text("utf-8") == "mine"


def test_a_killed_run_goes_on(run: FolderRun) -> None:
    """Killed between the report's line and the draft, the letter is drafted again."""
    _go(run)
    (run.out / "a.txt").unlink()
    assert _go(run).skipped == 2
    assert (run.out / "a.txt").exists()


def test_a_letter_that_is_no_longer_held_moves(run: FolderRun) -> None:
    """There is never a draft of one letter in both places."""
    _go(run)
    (run.paths[0] / "b.txt").write_text("Dear Anna", encoding="utf-8")
    _go(replace(run, force=True))
    assert _files(run.out) == {"a.txt", "b.txt", "sub/c.txt", "report.jsonl"}


def test_an_unreadable_letter_is_told_and_the_rest_goes_on(run: FolderRun) -> None:
    """The report says why."""
    (run.paths[0] / "bad.txt").write_bytes(b"\x00\x01\x02\xff" * 50)
    (run.paths[0] / "gone.txt").symlink_to(run.paths[0] / "nowhere")
    summary = _go(run)
    assert (summary.drafted, summary.unreadable) == (2, 2)
    assert summary.exit_code == ExitCode.UNREADABLE_INPUT
    entries = Report(run.out / "report.jsonl").entries
    assert json.dumps(entries["bad.txt"].answer).count("intake") == 1
    assert entries["gone.txt"].output is None


def test_a_bug_is_told_and_tried_again(run: FolderRun) -> None:
    """The next run does not skip a letter that met a bug."""
    (run.paths[0] / "bug.txt").write_text("BUG Annaberg", encoding="utf-8")
    summary = _go(run)
    assert summary.exit_code == ExitCode.BUG
    assert [crash.error_class for crash in summary.bugs] == ["ValueError"]
    assert b"Annaberg" not in (run.out / "report.jsonl").read_bytes()
    assert _go(run).skipped == 3


def test_the_report_is_the_same_for_any_number_of_processes(run: FolderRun, tmp_path: Path) -> None:
    """Bytes depend on the letters and the rules only."""
    _go(run)
    other = replace(run, out=tmp_path / "other", jobs=3)
    _go(other)
    assert (run.out / "report.jsonl").read_bytes() == (other.out / "report.jsonl").read_bytes()
