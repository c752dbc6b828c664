"""Another model on the command line: by option or variable, in every process, or code 12."""

import json
from pathlib import Path

import pytest

from tests.conftest import RunCli
from tests.models import altered_models, their_good_pipeline, their_pipeline, useless_models

LETTER = "Dear donor,\nlast summer Zebulon took us to the lake. Thank you for everything.\n"
REQUEST = {"id": "1", "text": LETTER, "donor_number": "4970537838306400308"}
REQUESTS = b"".join(json.dumps({**REQUEST, "id": str(n)}).encode() + b"\n" for n in range(4))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_site_swaps_the_ner(run_cli: RunCli, tmp_path: Path, jobs: str) -> None:
    """In every process; findings and versions name the pipeline, not where it lies."""
    theirs = their_good_pipeline(tmp_path / "their-model", "Zebulon")
    arguments = ("redact", "--jsonl", "--jobs", jobs, "--spacy-pipeline", theirs)
    done = run_cli(*arguments, stdin=REQUESTS)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 4, done.stderr
    for answer in answers:
        assert "Zebulon" not in answer["text"]
        assert {one["recognizer"] for one in answer["findings"]} == {"ner:their-model"}
        assert answer["versions"]["ner"].startswith("their-model@")
    assert str(tmp_path).encode() not in done.stdout


def test_the_variable_of_the_service_holds_here_too(run_cli: RunCli, tmp_path: Path) -> None:
    """One setting for both; an empty one is none."""
    theirs = str(their_good_pipeline(tmp_path / "their-model", "Zebulon"))
    done = run_cli("redact", "--jsonl", stdin=REQUESTS, LETTERS_SPACY_PIPELINE=theirs)
    assert b"ner:their-model" in done.stdout
    done = run_cli("redact", "--jsonl", stdin=REQUESTS, LETTERS_SPACY_PIPELINE="")
    assert b'"ner":"letter-en@' in done.stdout.replace(b'": "', b'":"')


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_pipeline_that_is_not_installed_ends_with_12(run_cli: RunCli, jobs: str) -> None:
    """In one line that says how to install it."""
    arguments = ("redact", "--jsonl", "--jobs", jobs, "--spacy-pipeline", "xx_none")
    done = run_cli(*arguments, stdin=REQUESTS)
    assert done.returncode == 12, done.stderr
    assert b"spaCy pipeline 'xx_none' is not installed" in done.stderr
    assert b"python -m spacy download xx_none" in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert done.stdout == b""


@pytest.mark.parametrize(
    ("make", "option", "reason"),
    [
        (useless_models, "--models", b"the NER took ordinary words"),
        (altered_models, "--models", b"damaged"),
        (their_pipeline, "--spacy-pipeline", b"the NER found nothing"),
    ],
    ids=["useless", "altered", "theirs knows no name"],
)
def test_a_model_that_is_no_good_ends_with_12(
    run_cli: RunCli, tmp_path: Path, make: object, option: str, reason: bytes
) -> None:
    """Before a letter is read: no draft, no report, and the reason in one line."""
    folder, out = tmp_path / "model", tmp_path / "out"
    assert callable(make)
    make(folder)
    (tmp_path / "letter.txt").write_text(LETTER, "utf-8")
    done = run_cli("redact", tmp_path / "letter.txt", "--out", out, option, folder)
    assert done.returncode == 12, done.stderr
    assert reason in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert not list(out.rglob("*.txt"))
