"""A batch run takes every kind of letter; its report counts what was found and quotes nothing."""

import json
from pathlib import Path

import pytest

from anonymizer.batch.folders import FolderRun, redact_folders
from anonymizer.batch.report import Report
from anonymizer.outcome import ExitCode
from tests.documents.make_mail import attached, mail, mixed, part
from tests.documents.make_office import docx, odt, paragraph
from tests.fakes import FakeOrder

LETTER = "Dear Anna, thank you."


@pytest.fixture
def run(tmp_path: Path) -> FolderRun:
    """The same letter in four forms, and two that cannot be read."""
    letters = tmp_path / "in"
    letters.mkdir()
    hidden = paragraph("Wilhelmina", "<w:vanish/>")
    (letters / "1.txt").write_text(LETTER, encoding="utf-8")
    (letters / "2.eml").write_bytes(mail(f"{LETTER}\r\n-- \r\nWilhelmina\r\n"))
    (letters / "3.docx").write_bytes(docx(paragraph(LETTER) + hidden))
    (letters / "4.ODT").write_bytes(odt(f"<text:p>{LETTER}</text:p>"))
    (letters / "5.docx").write_bytes(b"PK\x03\x04 word/ Wilhelmina")
    (letters / "6.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Wilhelmina")
    (letters / "7.eml").write_bytes(mixed(part(LETTER), attached(b"Wilhelmina")))
    return FolderRun(paths=(letters,), out=tmp_path / "out", order=FakeOrder(), jobs=1)


def test_one_letter_in_every_form_gives_one_draft(run: FolderRun) -> None:
    """Whatever it came in; what cannot be read stops nothing."""
    summary = redact_folders(run, lambda _done, _total: None)
    drafts = {path.name: path.read_text("utf-8") for path in run.out.glob("*.txt")}
    assert drafts.keys() == {"1.txt", "2.eml.txt", "3.docx.txt", "4.ODT.txt"}
    assert {text.strip() for text in drafts.values()} == {"Dear [name 1], thank you."}
    assert (summary.drafted, summary.held, summary.unreadable) == (4, 1, 2)
    assert summary.exit_code == ExitCode.UNREADABLE_INPUT


def test_the_report_counts_by_origin_and_quotes_nothing(run: FolderRun) -> None:
    """Hidden passages apart from those that a reader sees."""
    redact_folders(run, lambda _done, _total: None)
    report = run.out / "report.jsonl"
    assert b"Wilhelmina" not in report.read_bytes()
    told = {name: entry.answer for name, entry in Report(report).entries.items()}
    word, sent = (json.loads(json.dumps(told[name]["reading"])) for name in ("3.docx", "2.eml"))
    assert word["hidden"] == {"hidden_text": 1}
    assert sent["passages"]["signature_block"] == 1
    assert sent["kind"] == "mail"


def test_a_letter_is_held_where_its_file_has_to_be_looked_at(run: FolderRun) -> None:
    """An attachment that was read may be the letter: its draft lies apart, with the reason."""
    redact_folders(run, lambda _done, _total: None)
    answer = Report(run.out / "report.jsonl").entries["7.eml"].answer
    assert answer["status"] == "held"
    assert "attached" in json.dumps(answer["holds"])
    assert (run.out / "held/7.eml.txt").exists()


@pytest.mark.parametrize(("name", "code"), [("5.docx", "damaged"), ("6.doc", "unknown_format")])
def test_what_cannot_be_read_is_held_with_its_reason(run: FolderRun, name: str, code: str) -> None:
    """As a code for scripts and a sentence for people."""
    redact_folders(run, lambda _done, _total: None)
    (hold,) = json.loads(json.dumps(Report(run.out / "report.jsonl").entries[name].answer["holds"]))
    assert (hold["stage"], hold["code"]) == ("intake", code)
    assert hold["reason"].endswith(".")
