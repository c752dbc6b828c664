"""The same letter as text, mail, Word, OpenDocument, PDF and scan through the command line."""

import subprocess
import sys
from pathlib import Path

import pytest

from anonymizer.documents import read_document
from anonymizer.model import OutgoingFormat
from corpus.bench.ocr import wrong_words
from tests.conftest import RunCli
from tests.integration.file_samples import FORMS

_ENDS = {"scan": "png"}


@pytest.mark.parametrize("form", OutgoingFormat)
def test_every_form_of_a_letter_leaves_as_the_same_text(
    run_cli: RunCli, tmp_path: Path, form: OutgoingFormat
) -> None:
    """Five equal texts, in equal bytes; the scan within the errors of OCR."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name, content in FORMS.items():
        (folder / f"{name}.{_ENDS.get(name, name)}").write_bytes(content)
    run_cli("redact", folder, "--out", out, "--format", form.value)
    drafts = {
        path.name.partition(".")[0]: path.read_bytes()
        for path in out.rglob(f"*.{form.value}")
        if path.is_file()
    }
    assert set(drafts) == set(FORMS)
    scan = drafts.pop("scan")
    assert len(set(drafts.values())) == 1
    text = read_document(drafts["txt"], languages=()).text
    assert "river" in text
    assert "Katharina" not in text
    errors = wrong_words(text, read_document(scan, languages=()).text)
    assert errors.some <= 0.05 * errors.all


def test_the_package_runs_as_the_command() -> None:
    """`python -m anonymizer` is `anonymizer`: for who has no such command on their path."""
    done = subprocess.run(
        [sys.executable, "-m", "anonymizer", "--version"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.startswith("anonymizer ")
