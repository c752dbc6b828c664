"""A service whose model finds nothing: it lives, says why it does not work, and loses nothing."""

import time
from pathlib import Path

import httpx

from tests.integration.server import RunningService
from tests.models import their_good_pipeline, useless_models

_MANY_PAUSES_S = 2.0
_DRAFTED_WITHIN_S = 60
LETTER = {
    "text": "Dear donor,\nmy name is Ines and I thank you for everything you did for us.\n",
    "donor_number": "4970537838306400308",
    "direction": "patient_to_donor",
}


def post(running: RunningService, path: str, key: str) -> httpx.Response:
    """A letter posted by a client."""
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "2026-1"}
    with httpx.Client(base_url=running.url, headers=headers, timeout=60) as client:
        return client.post(path, json={"id": "1", **LETTER})


def status(running: RunningService, key: str, letter_id: str) -> str:
    """Where a letter is."""
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx.get(f"{running.url}/v1/letters/{letter_id}", headers=headers)
    return str(answer.json()["status"])


def test_letters_wait_while_the_model_is_no_good(running: RunningService, tmp_path: Path) -> None:
    """Alive and not ready, with the reason; after a start with a good model they are drafted."""
    key = running.add_key()
    models = str(useless_models(tmp_path / "models"))
    running.start(until="/health/live", LETTERS_MODELS_FOLDER=models)
    ready = httpx.get(f"{running.url}/health/ready")
    assert ready.status_code == 503
    assert "the NER took ordinary words" in ready.json()["detail"]
    assert models not in ready.text
    assert httpx.get(f"{running.url}/health/live").status_code == 200

    assert post(running, "/v1/redactions", key).status_code == 503
    taken = post(running, "/v1/letters", key)
    assert taken.status_code == 202
    letter_id = taken.json()["id"]
    time.sleep(_MANY_PAUSES_S)
    assert status(running, key, letter_id) == "received"
    assert running.stop() == 0
    assert "No letter is drafted, letters wait: the NER" in running.output.read_text()
    assert "Ines" not in running.output.read_text()

    running.start()
    until = time.monotonic() + _DRAFTED_WITHIN_S
    while status(running, key, letter_id) == "received":
        assert time.monotonic() < until
        time.sleep(0.1)
    assert status(running, key, letter_id) == "being_read"


def test_a_service_whose_pipeline_is_not_installed_does_not_start(running: RunningService) -> None:
    """It ends at once with the sentence."""
    done = running.run("serve", LETTERS_SPACY_PIPELINE="xx_none")
    assert done.returncode == 12
    assert "spaCy pipeline 'xx_none' is not installed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_service_works_with_the_pipeline_of_another_maker(
    running: RunningService, tmp_path: Path
) -> None:
    """Its findings take names out."""
    key = running.add_key()
    theirs = str(their_good_pipeline(tmp_path / "theirs", "Zebulon"))
    running.start(LETTERS_SPACY_PIPELINE=theirs)
    answer = post(running, "/v1/redactions", key).json()
    assert answer["versions"]["ner"].startswith("theirs@")
