"""No request brings a 500 or its own words back, whatever is in it."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.model import CaseRegister, Circumstances, Draft, Letter
from service.actions import Desk
from service.actions.access import OPERATOR, add_key
from service.app import create_app
from service.logs import configure_logs
from tests.factories import LETTER, make_desk
from tests.integration.server import served
from tests.small_pipeline import SmallPipeline

SECRET = "Quincampoix"
JSON = "application/json"

BROKEN = {
    "empty": b"",
    "not JSON": SECRET.encode(),
    "100,000 brackets": b"[" * 100_000,
    "nested 30 deep": b'{"id": "1", "text": "x", "known": ' + b"[" * 30 + b"]" * 30 + b"}",
    "the same field twice": f'{{"id": "1", "text": "a", "text": "{SECRET}"}}'.encode(),
    "NaN": f'{{"id": "{SECRET}", "text": NaN}}'.encode(),
    "half a surrogate pair": f'{{"id": "1", "text": "{SECRET} \\ud800"}}'.encode(),
    "NUL": f'{{"id": "1", "text": "{SECRET} \\u0000"}}'.encode(),
    "NUL in the donor number": b'{"id": "1", "text": "x", "donor_number": "4\\u0000"}',
    "a byte order mark": b"\xef\xbb\xbf" + f'{{"id": "1", "text": "{SECRET}"}}'.encode(),
    "invalid UTF-8": b'{"id": "1", "text": "\xff\xfe"}',
    "an array": b'["Quincampoix"]',
    "text is missing": b'{"id": "Quincampoix"}',
    "text is a number": b'{"id": "1", "text": 5}',
    "text is an object": b'{"id": "1", "text": {"Quincampoix": 1}}',
    "an unknown field": b'{"id": "1", "text": "x", "Quincampoix": 1}',
    "an unknown direction": b'{"id": "1", "text": "x", "direction": "Quincampoix"}',
    "an unknown kind": b'{"id":"1","text":"x","known":[{"kind":"Quincampoix","value":"x"}]}',
    "a country of three letters": b'{"id": "1", "text": "x", "writer_country": "Qui"}',
    "too many characters": b'{"id": "1", "text": "' + b"x" * 200_001 + b'"}',
}
ROUTES = ["/v1/letters", "/v1/redactions"]


@dataclass(slots=True)
class BrokenPipeline(SmallPipeline):
    """A pipeline whose mistake quotes the letter."""

    def draft(
        self,
        letter: Letter,
        circumstances: Circumstances = Circumstances(),
        register: CaseRegister | None = None,
    ) -> Draft:
        """Fail loudly."""
        del circumstances, register
        raise RuntimeError(letter.text)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all bad requests: each must leave it as it was."""
    made = make_desk(tmp_path_factory.mktemp("data"))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[httpx.Client]:
    """A registry client."""
    with client_of(desk) as made:
        yield made


@contextmanager
def client_of(desk: Desk) -> Iterator[httpx.Client]:
    """A client of an application on this desk."""
    app = create_app(desk.settings, desk=desk, work=False)
    key = add_key(desk, OPERATOR, client="registry")
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k"}
    with served(app) as url, httpx.Client(base_url=url, headers=headers, timeout=60) as made:
        yield made


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_body_is_refused_without_an_echo(
    client: httpx.Client, path: str, body: bytes
) -> None:
    """A problem document with a sentence of ours."""
    response = client.post(path, content=body, headers={"Content-Type": JSON})
    assert 400 <= response.status_code < 500
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert len(problem["detail"].split()) > 3
    assert SECRET not in response.text
    assert SECRET not in str(response.headers)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "kind",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-7",
        "application/json; charset=latin-1",
        "multipart/form-data",
        f"multipart/form-data; boundary={SECRET}",
    ],
)
def test_another_kind_of_content_is_refused(
    client: httpx.Client, path: str, kind: str | None
) -> None:
    """What is not JSON is not guessed at."""
    headers = {"Content-Type": kind} if kind else {}
    body = f'{{"id": "1", "text": "{SECRET}"}}'.encode()
    response = client.post(path, content=body, headers=headers)
    assert response.status_code in {400, 415, 422}
    assert SECRET not in response.text


def test_a_compressed_body_is_refused(client: httpx.Client) -> None:
    """It could unpack to anything."""
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    assert client.post(ROUTES[0], content=b"\x1f\x8b", headers=headers).status_code == 415


@pytest.mark.parametrize("path", [*ROUTES, "/review/letters/new", "/sign-in/x"])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_over_ten_megabytes_is_refused(
    client: httpx.Client, path: str, *, streamed: bool
) -> None:
    """By its declared length, or while it streams in."""
    chunk = b"x" * 1024 * 1024
    content = iter([chunk] * 11) if streamed else chunk * 11
    response = client.post(path, content=content, headers={"Content-Type": JSON})
    assert response.status_code in ({413} if path in ROUTES or not streamed else {403, 405, 413})
    if path in ROUTES:
        assert "10 MB" in response.json()["detail"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"letter": ("a.txt", SECRET)},
        [("file", ("a.txt", SECRET)), ("file", ("b.txt", SECRET))],
        {"file": ("a.txt", SECRET), "other": (None, SECRET)},
        {"file": (None, SECRET)},
        {"file": ("a.txt", SECRET), "direction": (None, SECRET)},
        [("file", ("a.txt", SECRET)), *(("language", (None, "en")) for _ in range(30))],
    ],
    ids=["none", "other name", "two", "other field", "no file", "bad field", "many fields"],
)
def test_a_form_that_is_not_one_file_is_refused(client: httpx.Client, files: object) -> None:
    """One file and the known fields."""
    response = client.post(ROUTES[0], files=files)  # type: ignore[arg-type]  # on purpose
    assert response.status_code in {400, 415, 422}
    assert SECRET not in response.text


@pytest.mark.parametrize("name", ["../../x", "a\x00b", "n" * 5000, "\u202egpj.txt", 'a"\r\nX: y'])
def test_a_file_name_does_nothing(client: httpx.Client, name: str) -> None:
    """It is never used."""
    response = client.post(
        ROUTES[0], files={"file": (name, LETTER)}, headers={"Idempotency-Key": f"n{len(name)}"}
    )
    assert response.status_code in {202, 400, 422}


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_no_body_brings_an_internal_error(client: httpx.Client, body: bytes) -> None:
    """Whatever the bytes."""
    for path in ROUTES:
        response = client.post(path, content=body, headers={"Content-Type": JSON})
        assert response.status_code in {202, 200, 400, 422}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(client: httpx.Client, method: str) -> None:
    """With the ones that are taken."""
    response = client.request(method, ROUTES[0])
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]


@pytest.mark.parametrize(
    "path", [f"/{SECRET}", f"/v1/{SECRET}", f"/v1/letters/{SECRET}?a={SECRET}"]
)
def test_an_unknown_address_is_not_repeated(client: httpx.Client, path: str) -> None:
    """A link with a name in it is not shown again."""
    response = client.get(path)
    assert response.status_code == 404
    assert SECRET not in response.text


def test_a_mistake_of_ours_tells_nothing(desk: Desk) -> None:
    """500, a sentence, and a log line of class and place."""
    broken = replace(desk, pipeline=BrokenPipeline())
    stream = io.StringIO()
    configure_logs(as_json=True)
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    with client_of(broken) as client:
        response = client.post(ROUTES[1], json={"id": "1", "text": f"Dear {SECRET}"})
    logging.getLogger().handlers.clear()
    assert response.status_code == 500
    assert SECRET not in response.text + stream.getvalue()
    assert "RuntimeError" in stream.getvalue()
    assert "test_api_bad_requests.py" in stream.getvalue()


def test_a_draft_that_hangs_is_a_503(desk: Desk, tmp_path: Path) -> None:
    """The client is not left waiting."""
    del tmp_path
    settings = desk.settings.model_copy(update={"draft_timeout_s": 0.0001})
    text = "Anna and a nurse. " * 5000
    with client_of(replace(desk, settings=settings)) as client:
        response = client.post(ROUTES[1], json={"id": "1", "text": text})
    assert response.status_code == 503
