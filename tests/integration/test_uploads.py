"""Files on their way in: cut off, too large, without anything; nothing is stored half."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR, add_key
from service.app import create_app
from service.workflow.people import Person, Role
from tests.integration.file_samples import FORMS
from tests.integration.server import served


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """A service on a port of its own; no worker runs."""
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        yield url


@pytest.fixture
def key(desk: Desk) -> str:
    """The header of a registry client."""
    return f"Bearer {add_key(desk, OPERATOR, client='registry')}"


def letters(desk: Desk) -> int:
    """How many letters there are."""
    sena = Person(person_id="s", name="S", roles=frozenset({Role.SENIOR}))
    return sum(actions.count_letters(desk, sena).by_state.values())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_an_upload_that_is_cut_off_stores_nothing(
    desk: Desk, address: str, key: str, share: float
) -> None:
    """The client gives up in the middle; a second try is a first one."""
    request = httpx.Request(
        "POST", f"{address}/v1/letters", files={"file": ("letter.docx", FORMS["docx"])}
    )
    body = request.read()
    head = (
        f"POST /v1/letters HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\n"
        f"Idempotency-Key: k\r\nContent-Type: {request.headers['Content-Type']}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as client:
        client.sendall(head.encode() + body[: int(len(body) * share)])
        client.shutdown(socket.SHUT_WR)
        client.recv(65536)
    assert letters(desk) == 0
    answer = httpx.post(
        f"{address}/v1/letters",
        headers={"Authorization": key, "Idempotency-Key": "k"},
        files={"file": ("letter.docx", FORMS["docx"])},
        timeout=30,
    )
    assert answer.status_code == 202
    assert letters(desk) == 1


@pytest.mark.parametrize("streamed", [False, True])
def test_a_file_over_the_limit_is_refused_and_the_limit_named(
    desk: Desk, address: str, key: str, *, streamed: bool
) -> None:
    """By its declared length, or while it comes in; nothing is stored."""
    request = httpx.Request(
        "POST", f"{address}/v1/letters", files={"file": ("scan.tiff", b"II*\x00" + bytes(11 << 20))}
    )
    body = request.read()
    content = iter([body[at : at + 1_000_000] for at in range(0, len(body), 1_000_000)])
    answer = httpx.post(
        f"{address}/v1/letters",
        headers={
            "Authorization": key,
            "Idempotency-Key": "k",
            "Content-Type": request.headers["Content-Type"],
        },
        content=content if streamed else body,
        timeout=60,
    )
    assert answer.status_code == 413
    assert "10 MB" in answer.json()["detail"]
    assert letters(desk) == 0


def test_a_file_just_below_the_limit_is_taken_in(desk: Desk, address: str, key: str) -> None:
    """The limit counts the whole request, with the form around the file."""
    content = FORMS["txt"] + b" " * (desk.settings.max_body_bytes - 10_000)
    answer = httpx.post(
        f"{address}/v1/letters",
        headers={"Authorization": key, "Idempotency-Key": "k"},
        files={"file": ("letter.pdf", b"%PDF-1.7\n" + content)},
        timeout=60,
    )
    assert answer.status_code == 202
    assert letters(desk) == 1
