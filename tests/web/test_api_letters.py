"""`/v1/letters`: durable, idempotent, for clients with a key, never telling what was sent."""

import itertools
import json
import shutil
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import httpx
import pytest

from service.actions import Desk, check_room, receive_client_letter
from service.actions.access import OPERATOR, add_key
from service.app import create_app
from service.settings import Settings
from service.web.api import letters as letters_api
from service.workflow.errors import DiskFull
from service.workflow.states import LetterState
from tests.factories import LETTER, PLAIN_LETTER, bring_in, make_desk, state_of, work_all
from tests.integration.server import served

SECRET = "Xavier-Quincampoix"
LETTER_OF_A_DONOR = {"id": "1", "text": LETTER, "direction": "donor_to_patient"}
_keys = itertools.count()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with the small pipeline."""
    made = make_desk(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def client(desk: Desk) -> Iterator[httpx.Client]:
    """A registry client; the worker runs only when a test lets it."""
    app = create_app(desk.settings, desk=desk, work=False)
    key = add_key(desk, OPERATOR, client="registry")
    headers = {"Authorization": f"Bearer {key}"}
    with served(app) as url, httpx.Client(base_url=url, headers=headers, timeout=30) as made:
        yield made


def post(
    client: httpx.Client, data: Mapping[str, object] | None = None, *, key: str | None = None
) -> httpx.Response:
    """Post a letter as JSON, under a fresh key unless one is given."""
    headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
    return client.post("/v1/letters", headers=headers, json=data or LETTER_OF_A_DONOR)


def test_a_posted_letter_is_stored_before_it_is_answered(client: httpx.Client, desk: Desk) -> None:
    """202 with id, digest and status; then the worker drafts it."""
    response = post(client)
    assert response.status_code == 202
    answer = response.json()
    assert set(answer) == {"id", "digest", "status"}
    assert state_of(desk, answer["id"]) is LetterState.RECEIVED
    work_all(desk)
    status = client.get(f"/v1/letters/{answer['id']}").json()
    assert status["status"] == "being_read"
    assert set(status) == {"id", "digest", "status", "received_at"}
    assert status["digest"] == answer["digest"]
    assert "friend" not in json.dumps(status)


def test_a_file_is_stored_as_its_bytes(client: httpx.Client, desk: Desk) -> None:
    """Its name is not kept: it may be somebody's."""
    files = {"file": (f"{SECRET}.txt", PLAIN_LETTER.encode("utf-16"), "text/plain")}
    response = client.post(
        "/v1/letters",
        headers={"Idempotency-Key": "f1"},
        files=files,
        data={"direction": "donor_to_patient"},
    )
    assert response.status_code == 202
    work_all(desk)
    assert state_of(desk, response.json()["id"]) is LetterState.READY
    stored = b"".join(path.read_bytes() for path in desk.settings.data_folder.glob("letters.db*"))
    assert SECRET.encode() not in stored


def test_a_file_that_cannot_be_read_is_taken_and_held(client: httpx.Client) -> None:
    """The registry is told that it is being looked at; the letter is not lost."""
    response = client.post(
        "/v1/letters",
        headers={"Idempotency-Key": "f2"},
        files={"file": b"\x89PNG\r\n" + bytes(200)},
    )
    assert (response.status_code, response.json()["status"]) == (202, "being_read")
    status = client.get(f"/v1/letters/{response.json()['id']}").json()
    assert status["status"] == "being_read"


def test_the_same_key_with_the_same_letter_gets_the_same_answer(
    client: httpx.Client, desk: Desk
) -> None:
    """Also when the letter has moved on meanwhile."""
    first = post(client, key="same")
    work_all(desk)
    again = post(client, key="same")
    assert (again.status_code, again.json()) == (202, first.json())


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Another letter"},
        {"direction": "patient_to_donor"},
        {"donor_number": "4970"},
        {"known": [{"kind": "PERSON", "value": "Eve"}]},
    ],
)
def test_the_same_key_with_another_letter_is_refused(
    client: httpx.Client, change: dict[str, object]
) -> None:
    """Whatever differs."""
    data = {"id": "1", "text": LETTER}
    assert post(client, data, key="same").status_code == 202
    refused = post(client, {**data, **change}, key="same")
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.json()["detail"]


def test_a_key_that_is_in_progress_is_a_conflict(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request neither waits nor stores a second letter."""
    entered, go_on = Event(), Event()
    receive = receive_client_letter

    def slowly(*arguments: object, **named: object) -> object:
        entered.set()
        assert go_on.wait(20)
        return receive(*arguments, **named)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(letters_api, "receive_client_letter", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post, client, key="same")
        assert entered.wait(20)
        assert post(client, key="same").status_code == 409
        go_on.set()
        assert first.result().status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 256, "schl\u00fcssel"])
def test_a_missing_or_odd_key_is_refused(client: httpx.Client, key: str) -> None:
    """Without one, a repeated request would be a second letter."""
    headers = [(b"Idempotency-Key", key.encode("utf-8"))] if key else []
    response = client.post("/v1/letters", headers=headers, json={"id": "1", "text": "x"})
    assert response.status_code == 400


def test_another_clients_letter_does_not_exist(client: httpx.Client, desk: Desk) -> None:
    """Nor do letters that staff brought in."""
    letter_id = post(client).json()["id"]
    other = add_key(desk, OPERATOR, client="another")
    response = client.get(f"/v1/letters/{letter_id}", headers={"Authorization": f"Bearer {other}"})
    assert response.status_code == 404
    assert client.get("/v1/letters/" + "0" * 32).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/letters"),
        ("POST", "/v1/redactions"),
        ("GET", "/v1/letters/1"),
        ("GET", "/v1/letters/1/notices"),
        ("GET", "/v1/openapi.json"),
    ],
)
@pytest.mark.parametrize("key", ["", "Bearer", "Bearer lk_1_2", "Basic abc", "lk_1_2"])
def test_nothing_is_answered_without_a_key(
    client: httpx.Client, method: str, path: str, key: str
) -> None:
    """Every route of the interface, one problem document."""
    response = client.request(method, path, headers={"Authorization": key}, json={"text": SECRET})
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"] == "Bearer"


def test_the_openapi_document_names_every_route(client: httpx.Client) -> None:
    """And promises no answer of FastAPI's own kind."""
    document = client.get("/v1/openapi.json").json()
    assert set(document["paths"]) == {
        "/v1/redactions",
        "/v1/letters",
        "/v1/letters/{letter_id}",
        "/v1/letters/{letter_id}/notices",
        "/health/live",
        "/health/ready",
    }
    assert "HTTPValidationError" not in json.dumps(document["paths"])
    assert document["paths"]["/v1/letters"]["post"]["responses"]["202"]


def test_health_needs_no_key_and_tells_nothing(client: httpx.Client) -> None:
    """A probe sees whether it works, no figures."""
    del client.headers["Authorization"]
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready"}


def test_every_answer_has_the_security_headers(client: httpx.Client) -> None:
    """Refusals and errors too."""
    for path in ("/health/live", "/v1/nothing", "/nothing", "/sign-in"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


def test_a_full_disk_refuses_before_it_reads(desk: Desk) -> None:
    """503 with a time to come back; nothing is stored."""
    settings = desk.settings.model_copy(update={"disk_reserve_mb": 10**9})
    full = replace(desk, settings=settings)
    headers = {"Authorization": f"Bearer {add_key(desk, OPERATOR, client='registry')}"}
    app = create_app(settings, desk=full, work=False)
    with served(app) as url, httpx.Client(base_url=url, headers=headers) as client:
        response = post(client)
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0


def test_another_disk_that_is_full_refuses_too(desk: Desk, tmp_path: Path) -> None:
    """Such as that of PostgreSQL on this machine: every folder that is named is looked at."""
    asked: list[Path] = []
    full = desk.settings.model_copy(update={"disk_folders": (tmp_path,), "disk_reserve_mb": 0})
    with pytest.MonkeyPatch.context() as patch:
        real = shutil.disk_usage

        def usage(path: Path) -> object:
            asked.append(path)
            return real(path)

        patch.setattr("service.actions.receiving.shutil.disk_usage", usage)
        check_room(replace(desk, settings=full))
    assert asked == [desk.settings.data_folder, tmp_path]
    assert Settings().disk_reserve_mb == 2000


def test_a_database_that_is_nearly_full_refuses_before_it_reads(desk: Desk) -> None:
    """As a disk does; what people bring in is refused too."""
    settings = desk.settings.model_copy(update={"database_limit_mb": 1000, "disk_reserve_mb": 1000})
    full = replace(desk, settings=settings)
    headers = {"Authorization": f"Bearer {add_key(desk, OPERATOR, client='registry')}"}
    app = create_app(settings, desk=full, work=False)
    with served(app) as url, httpx.Client(base_url=url, headers=headers) as client:
        refused = post(client)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert "The database has too little room" in refused.json()["detail"]
    with pytest.raises(DiskFull):
        bring_in(full)
    roomy = desk.settings.model_copy(update={"database_limit_mb": 1100, "disk_reserve_mb": 1000})
    check_room(replace(desk, settings=roomy))


def test_a_body_that_comes_too_slowly_is_cut_off(desk: Desk) -> None:
    """A client that stops sending does not hold a place for ever."""
    settings = desk.settings.model_copy(update={"body_within_s": 0.2})
    slow = replace(desk, settings=settings)
    key = add_key(desk, OPERATOR, client="registry")
    head = (
        "POST /v1/letters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nIdempotency-Key: k\r\nContent-Length: 100\r\n\r\n{{"
    )
    with served(create_app(settings, desk=slow, work=False)) as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(head.encode())
            assert b" 408 " in connection.recv(200)
