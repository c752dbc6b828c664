"""Drafts as documents: in the format asked for, checked, and never half."""

from dataclasses import replace
from pathlib import Path

import pytest

from anonymizer.batch.folders import FolderRun, Summary, redact_folders
from anonymizer.batch.report import Report
from anonymizer.documents import read_document
from anonymizer.documents.out import build_letter, load_template
from anonymizer.model import OutgoingFormat
from anonymizer.outcome import UsageRefused
from tests.documents.hidden_pdf_places import NAME, page_image, pdf_places, saved
from tests.fakes import FakeOrder

LETTER = "Dear Anna,\n\nthank you for the gift of life."
WANTED = "Dear [name 1],\n\nthank you for the gift of life."


@pytest.fixture
def run(tmp_path: Path) -> FolderRun:
    """A letter as text and as PDF, and one that a PDF cannot show."""
    letters = tmp_path / "in"
    letters.mkdir()
    (letters / "a.txt").write_text(LETTER, encoding="utf-8")
    (letters / "emoji.txt").write_text("Dear Anna \U0001f9d1", encoding="utf-8")
    pdf = build_letter(LETTER, form=OutgoingFormat.PDF, template=load_template(), language="en")
    (letters / "b.pdf").write_bytes(pdf)
    return FolderRun(
        paths=(letters,),
        out=tmp_path / "out",
        order=FakeOrder(),
        jobs=1,
        form=OutgoingFormat.PDF,
    )


def _go(run: FolderRun) -> Summary:
    return redact_folders(run, lambda _done, _total: None)


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_letter_in_any_form_leaves_in_the_form_asked_for(run: FolderRun) -> None:
    """Built afresh: the same draft is the same file, whatever the letter came in."""
    _go(run)
    one, other = (run.out / name for name in ("a.txt.pdf", "b.pdf"))
    assert one.read_bytes() == other.read_bytes()
    assert read_document(one.read_bytes(), languages=()).text == WANTED


def test_what_the_format_cannot_show_is_held_as_text(run: FolderRun) -> None:
    """With the reason; nothing is dropped from the letter."""
    summary = _go(run)
    assert _files(run.out) == {"a.txt.pdf", "b.pdf", "held/emoji.txt.pdf.txt", "report.jsonl"}
    assert (run.out / "held/emoji.txt.pdf.txt").read_text("utf-8") == "Dear [name 1] \U0001f9d1"
    answer = Report(run.out / "report.jsonl").entries["emoji.txt"].answer
    assert answer["status"] == "held"
    assert summary.held == 1


def test_a_second_run_in_the_same_format_does_nothing(run: FolderRun) -> None:
    """Digests are those of the documents."""
    _go(run)
    assert _go(run).skipped == 3
    assert _go(replace(run, force=True)).skipped == 3


def test_another_format_is_another_draft(run: FolderRun) -> None:
    """It takes the place of the first when asked, and an older one is never overwritten unasked."""
    _go(run)
    with pytest.raises(UsageRefused, match="nothing was written"):
        _go(replace(run, form=OutgoingFormat.DOCX))
    _go(replace(run, form=OutgoingFormat.DOCX, force=True))
    assert {"a.txt.docx", "b.pdf.docx", "emoji.txt.docx"} <= _files(run.out)
    (run.out / "a.txt.docx").write_bytes(b"edited")
    (run.paths[0] / "a.txt").write_text("Dear Anna, again.", encoding="utf-8")
    with pytest.raises(UsageRefused, match="nothing was written"):
        _go(replace(run, form=OutgoingFormat.DOCX))


def test_a_scan_and_a_pdf_with_hidden_text_are_held_with_their_drafts(run: FolderRun) -> None:
    """A person compares them with the original; no byte of what is hidden leaves."""
    (run.paths[0] / "scan.png").write_bytes(saved(page_image(), "PNG"))
    (run.paths[0] / "hidden.pdf").write_bytes(pdf_places()["white text"])
    _go(run)
    assert {"held/scan.png.pdf", "held/hidden.pdf"} <= _files(run.out)
    for path in (run.out / name for name in _files(run.out)):
        assert NAME.encode() not in path.read_bytes()
    told = Report(run.out / "report.jsonl").entries["hidden.pdf"].answer["reading"]
    assert isinstance(told, dict)
    assert told["hidden"] == {"white_text": 1}
