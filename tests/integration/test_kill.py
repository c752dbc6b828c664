"""SIGKILL at any moment: what was answered with 202 is there, and goes on."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from anonymizer.pipeline import Pipeline
from service import actions
from service.app import open_desk
from service.settings import Settings
from service.workflow.people import Person, Role
from service.workflow.writer_status import WriterStatus
from tests.factories import DATED_CASES, NUMBER
from tests.integration.server import RunningService

LETTERS = 50
READER = Person(person_id="reader", name="R", roles=frozenset({Role.SENIOR}))
_WAIT_S = 120


def text_of(number: int) -> str:
    """An invented letter, each one different."""
    return (
        f"Dear donor, this is letter {number}. I wanted to thank you for what you did for me.\n"
        f"My name is Peter and I live in Hamburg with my dog.\nDonor number: {NUMBER}\n"
    )


def post(service: RunningService, key: str, number: int) -> httpx.Response:
    """Post one letter."""
    return httpx.post(
        f"{service.url}/v1/letters",
        json={"id": str(number), "text": text_of(number), "direction": "patient_to_donor"},
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": f"letter-{number}"},
        timeout=30,
    )


@pytest.mark.slow
def test_a_killed_service_loses_no_letter_it_has_answered_for(running: RunningService) -> None:
    """Killed while fifty are being posted; after a restart all are there and get drafted."""
    key = running.add_key()
    cases = running.data.parent / "cases.csv"
    cases.write_bytes(DATED_CASES)
    assert running.run("cases", "import", cases).returncode == 0
    running.start()
    answered: dict[int, str] = {}
    enough = threading.Event()

    def send(number: int) -> None:
        try:
            response = post(running, key, number)
        except httpx.TransportError:
            return
        if response.status_code == 202:
            answered[number] = response.json()["id"]
        if len(answered) >= LETTERS // 2:
            enough.set()

    with ThreadPoolExecutor(4) as pool:
        for number in range(LETTERS):
            pool.submit(send, number)
        assert enough.wait(60)
        running.kill()
    assert LETTERS // 2 <= len(answered) < LETTERS
    running.start()
    # the client repeats what got no answer, and to be sure everything else
    for number in range(LETTERS):
        response = post(running, key, number)
        assert response.status_code == 202
        assert answered.setdefault(number, response.json()["id"]) == response.json()["id"]
    _wait_until_drafted(running, key, answered.values())
    assert running.stop() == 0
    _check_texts(running, answered)


def _wait_until_drafted(service: RunningService, key: str, ids: object) -> None:
    waiting = set(ids)  # type: ignore[call-overload]  # any collection of ids
    until = time.monotonic() + _WAIT_S
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=service.url, headers=headers) as client:
        while waiting and time.monotonic() < until:
            for letter_id in tuple(waiting):
                status = client.get(f"/v1/letters/{letter_id}").json()["status"]
                if status == WriterStatus.BEING_READ:
                    waiting.discard(letter_id)
            time.sleep(0.2)
    assert not waiting


def _check_texts(service: RunningService, answered: dict[int, str]) -> None:
    desk = open_desk(Settings(data=service.data), pipeline=Pipeline.load())
    for number, letter_id in answered.items():
        view = actions.open_letter(desk, READER, letter_id=letter_id)
        assert view.text == text_of(number)
        assert "Peter" not in (view.outgoing or "Peter")
    assert sum(actions.count_letters(desk, READER).by_state.values()) == LETTERS
    actions.verify_audit(desk)
    desk.database.close()


@pytest.mark.slow
def test_one_service_per_data_folder(running: RunningService) -> None:
    """A second one says so in a sentence and ends; the first one's letters stay safe."""
    running.start()
    second = running.run("serve", "--port", "0")
    assert second.returncode == 1
    assert "Another service is running" in second.stderr
    assert "Traceback" not in second.stderr
    assert running.stop() == 0


@pytest.mark.slow
def test_the_sample_is_loaded_once_and_the_link_is_printed(running: RunningService) -> None:
    """A second start adds nothing and prints a fresh link, as nobody has signed in."""
    for _ in range(2):
        running.start("--sample", LETTERS_WORKER_PAUSE_S="1000")
        running.kill()
    links = [line for line in running.output.read_text().splitlines() if "/sign-in/" in line]
    assert len(set(links)) == 2
    desk = open_desk(Settings(data=running.data), pipeline=Pipeline.load())
    counts = actions.count_letters(desk, READER).by_state
    assert sum(counts.values()) == len(set(_texts_of_sample()))
    desk.database.close()


def _texts_of_sample() -> list[str]:
    from service.sample import sample_letters  # noqa: PLC0415 - reads the corpus

    return [letter.name for letter in sample_letters()]
