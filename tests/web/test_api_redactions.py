"""`/v1/redactions`: the same answer as the command line, and nothing is stored."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from anonymizer.answer import answer, parse_request
from anonymizer.pipeline import Pipeline
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR, add_key
from service.app import create_app
from service.workflow.people import Person, Role
from tests.factories import NUMBER, make_desk
from tests.integration.server import served

READER = Person(person_id="reader", name="R", roles=frozenset({Role.SENIOR}))
TEXT = f"Dear donor,\r\nmy name is Katharina Huber from Ulm.\n{NUMBER}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with the real pipeline."""
    folder: Path = tmp_path_factory.mktemp("data")
    made = make_desk(folder, pipeline=Pipeline.load())
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[httpx.Client]:
    """A registry client."""
    app = create_app(desk.settings, desk=desk, work=False)
    headers = {"Authorization": f"Bearer {add_key(desk, OPERATOR, client='registry')}"}
    with served(app) as url, httpx.Client(base_url=url, headers=headers, timeout=60) as made:
        yield made


def test_the_answer_is_the_public_one(client: httpx.Client, desk: Desk) -> None:
    """Field for field what `anonymizer redact --jsonl` gives."""
    data = {"id": "7", "text": TEXT, "writer_country": "DE", "reader_country": "US"}
    response = client.post("/v1/redactions", json=data)
    assert response.status_code == 200
    letter, circumstances = parse_request(data)
    draft = desk.pipeline.draft(letter, circumstances)
    assert response.json() == answer(draft)


def test_names_and_numbers_are_gone(client: httpx.Client) -> None:
    """And offsets point into the text as it was sent, line ends made one."""
    body = client.post("/v1/redactions", json={"id": "7", "text": TEXT}).json()
    assert "Katharina" not in body["text"]
    assert NUMBER not in body["text"]
    text = TEXT.replace("\r\n", "\n")
    found = {text[one["start"] : one["end"]] for one in body["findings"]}
    assert {"Katharina Huber", NUMBER} <= found


def test_a_held_letter_is_an_answer_and_no_error(client: httpx.Client) -> None:
    """With the stage, a code and a sentence."""
    body = client.post("/v1/redactions", json={"id": "7", "text": "Dear donor, hello."}).json()
    assert body["status"] == "held"
    assert {"stage", "code", "reason"} == set(body["holds"][0])


@pytest.mark.parametrize("text", ["", "   ", "🎗", "x" * 200_000, "\u202eanna\u2066", "Ａｎｎａ"])
def test_odd_texts_are_answered(client: httpx.Client, text: str) -> None:
    """Empty, emoji, one long word, hidden directions, full width."""
    response = client.post("/v1/redactions", json={"id": "7", "text": text})
    assert response.status_code == 200
    assert response.json()["status"] in {"held", "drafted"}


def test_nothing_is_stored(client: httpx.Client, desk: Desk) -> None:
    """Neither in the queue nor anywhere in the data folder."""
    client.post("/v1/redactions", json={"id": "7", "text": TEXT})
    assert actions.list_queue(desk, READER) == ()
    stored = b"".join(path.read_bytes() for path in desk.settings.data_folder.glob("letters.db*"))
    assert b"Katharina" not in stored


def test_a_letter_full_of_disguises_is_held(client: httpx.Client) -> None:
    """The answer says so in a code and a sentence; the draft comes along for who has to look."""
    text = f"{TEXT}\nWe are so glad that you wrote to us and are well. " + "An\u200bna " * 30
    body = client.post("/v1/redactions", json={"id": "7", "text": text}).json()
    assert body["status"] == "held"
    held = [one for one in body["holds"] if one["code"] == "disguised"]
    assert [one["stage"] for one in held] == ["language"]
    assert "30 signs that nobody sees" in held[0]["reason"]
