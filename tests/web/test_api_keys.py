"""API keys: scoped, bound to addresses, rotated, revoked at once, also in mid-letter."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.keys import (
    OVERLAP_DAYS,
    add_key,
    all_keys,
    end_key,
    key_of,
    rotate_key,
)
from service.app import create_app
from service.cli import app as command_line
from service.serving import _config
from service.store.letters import count_by_state
from service.web.api import redactions as redactions_api
from service.web.api.body import read_json
from service.workflow.errors import BadRequest, NotAllowed, NotFound
from service.workflow.people import Permission
from tests.factories import LETTER, add, clock_of, make_desk
from tests.integration.server import served

LETTERS = Permission.WRITE_LETTERS


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with a clock that stands still."""
    made = make_desk(tmp_path, api_rate="5/minute")
    yield made
    made.database.close()


@pytest.fixture
def web(desk: Desk) -> Iterator[httpx.Client]:
    """A client without a key."""
    with (
        served(create_app(desk.settings, desk=desk, work=False)) as url,
        httpx.Client(base_url=url, timeout=60) as made,
    ):
        yield made


def id_of(key: str) -> str:
    """The public half."""
    return key.split("_")[1]


def status(web: httpx.Client, key: str) -> int:
    """How a question with this key is answered."""
    headers = {"Authorization": f"Bearer {key}"}
    return web.get(f"/v1/letters/{'0' * 32}", headers=headers).status_code


def stored_letters(desk: Desk) -> int:
    """How many letters there are."""
    with desk.database.reading() as connection:
        return sum(count_by_state(connection).values())


def test_two_keys_are_valid_while_a_client_changes_over(desk: Desk) -> None:
    """Then the former one ends by itself; a third is refused."""
    old = add_key(desk, OPERATOR, client="registry", scopes={LETTERS}, addresses=("192.0.2.0/24",))
    new = rotate_key(desk, OPERATOR, key_id=id_of(old))
    for key in (old, new):
        stored = key_of(desk, key, address="192.0.2.9")
        assert stored is not None
        assert stored.client == "registry"
        assert stored.scopes == {LETTERS}
    with pytest.raises(BadRequest, match="followed by another"):
        rotate_key(desk, OPERATOR, key_id=id_of(old))
    clock_of(desk).forward(days=OVERLAP_DAYS)
    assert key_of(desk, old, address="192.0.2.9") is None
    assert key_of(desk, new, address="192.0.2.9") is not None


def test_rotating_never_lengthens_the_life_of_a_key(desk: Desk) -> None:
    """One that ends tomorrow does."""
    key = add_key(desk, OPERATOR, client="registry", days=1)
    rotate_key(desk, OPERATOR, key_id=id_of(key))
    clock_of(desk).forward(days=1)
    assert key_of(desk, key) is None


def test_a_revoked_key_opens_nothing(desk: Desk, web: httpx.Client) -> None:
    """From the next request on; it cannot be rotated or revoked again."""
    key = add_key(desk, OPERATOR, client="registry")
    assert status(web, key) == 404
    end_key(desk, OPERATOR, key_id=id_of(key))
    assert status(web, key) == 401
    for act in (end_key, rotate_key):
        with pytest.raises(NotFound):
            act(desk, OPERATOR, key_id=id_of(key))


def test_a_key_revoked_in_the_middle_of_a_letter_stores_nothing(
    desk: Desk, web: httpx.Client
) -> None:
    """The head was accepted, half of the body is in; then it is revoked."""
    key = add_key(desk, OPERATOR, client="registry")
    body = json.dumps({"id": "1", "text": LETTER}).encode()
    head = (
        "POST /v1/letters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nIdempotency-Key: k\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", web.base_url.port or 0), timeout=30) as line:
        line.sendall(head.encode() + body[:20])
        until_noted(desk, key)
        end_key(desk, OPERATOR, key_id=id_of(key))
        line.sendall(body[20:])
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert b" 401 " in answer.splitlines()[0]
    assert LETTER.encode() not in answer
    assert stored_letters(desk) == 0


def until_noted(desk: Desk, key: str) -> None:
    """Wait until the key was looked at: its use is noted then."""
    waiting = Event()
    for _ in range(2000):
        stored = next(one for one in all_keys(desk, OPERATOR) if one.key_id == id_of(key))
        if stored.last_used_at is not None:
            return
        waiting.wait(0.01)
    message = "the key was not looked at"
    raise AssertionError(message)


def test_a_key_revoked_while_a_draft_waits_is_answered_nothing(
    desk: Desk, web: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the interface that stores nothing it counts as well."""
    key = add_key(desk, OPERATOR, client="registry")
    real = read_json

    async def revoked_meanwhile(request: Any) -> dict[str, object]:
        content = await real(request)
        end_key(desk, OPERATOR, key_id=id_of(key))
        return content

    monkeypatch.setattr(redactions_api, "read_json", revoked_meanwhile)
    headers = {"Authorization": f"Bearer {key}"}
    answer = web.post("/v1/redactions", json={"id": "1", "text": LETTER}, headers=headers)
    assert answer.status_code == 401


def test_a_key_is_bound_to_its_addresses(desk: Desk) -> None:
    """Whoever stole it needs to be there as well."""
    key = add_key(desk, OPERATOR, client="registry", addresses=("192.0.2.7", "2001:db8::/32"))
    for address, opens in (
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("2001:db8::1", True),
        ("unknown", False),
        (None, False),
    ):
        assert (key_of(desk, key, address=address) is not None) is opens


def test_a_forged_header_is_no_address(desk: Desk, web: httpx.Client) -> None:
    """Only a proxy that the settings trust may tell where a request comes from."""
    key = add_key(desk, OPERATOR, client="registry", addresses=("192.0.2.7",))
    headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": "192.0.2.7"}
    assert web.get("/v1/openapi.json", headers=headers).status_code == 401
    assert not _config(FastAPI(), desk.settings).proxy_headers
    settings = desk.settings.model_copy(update={"trusted_proxies": ("10.0.0.0/8",)})
    behind = _config(FastAPI(), settings)
    assert behind.proxy_headers
    assert behind.forwarded_allow_ips == ["10.0.0.0/8"]


@pytest.mark.parametrize(
    "options",
    [{"days": 0}, {"days": 366}, {"scopes": ()}, {"addresses": ("everywhere",)}],
)
def test_a_key_that_makes_no_sense_is_not_made(desk: Desk, options: dict[str, Any]) -> None:
    """In words."""
    with pytest.raises(BadRequest):
        add_key(desk, OPERATOR, client="registry", **options)


def test_staff_permissions_are_no_scopes(desk: Desk) -> None:
    """No key reads letters."""
    with pytest.raises(BadRequest, match="scopes of these"):
        add_key(desk, OPERATOR, client="registry", scopes={Permission.READ_LETTERS})
    with pytest.raises(NotAllowed):
        add_key(desk, add(desk, "Anna"), client="registry")


def test_the_last_use_is_noted(desk: Desk) -> None:
    """To see which key nobody needs any more; once a minute is enough."""
    key = add_key(desk, OPERATOR, client="registry")
    assert all_keys(desk, OPERATOR)[0].last_used_at is None
    key_of(desk, key)
    first = all_keys(desk, OPERATOR)[0].last_used_at
    clock_of(desk).forward(seconds=30)
    key_of(desk, key)
    assert all_keys(desk, OPERATOR)[0].last_used_at == first == desk.now().replace(second=0)


def test_a_key_may_ask_so_often(desk: Desk, web: httpx.Client) -> None:
    """429 with the time to come back; counted per key, whatever address a header names."""
    key, other = (add_key(desk, OPERATOR, client="registry") for _ in range(2))
    headers = {"Authorization": f"Bearer {key}"}
    answers = [
        web.get("/v1/openapi.json", headers={**headers, "X-Forwarded-For": f"192.0.2.{number}"})
        for number in range(7)
    ]
    assert [one.status_code for one in answers] == [200] * 5 + [429] * 2
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].json()["status"] == 429
    assert status(web, other) == 404
    clock_of(desk).forward(minutes=1)
    assert status(web, key) == 404


def test_the_rate_is_shared_by_all_processes(desk: Desk) -> None:
    """Two applications on one database count together."""
    key = add_key(desk, OPERATOR, client="registry")
    apps = [create_app(desk.settings, desk=replace(desk), work=False) for _ in range(2)]
    with served(apps[0]) as first, served(apps[1]) as second, httpx.Client() as web:
        headers = {"Authorization": f"Bearer {key}"}
        codes = [
            web.get(f"{url}/v1/openapi.json", headers=headers).status_code
            for url in (first, second) * 4
        ]
    assert codes.count(200) == 5


def test_many_tries_at_once_do_not_slip_through(desk: Desk, web: httpx.Client) -> None:
    """Counted first, looked at then."""
    key = add_key(desk, OPERATOR, client="registry")
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: status(web, key), range(24)))
    assert codes.count(404) == 5


def test_one_key_sends_so_many_letters_at_once(tmp_path: Path) -> None:
    """The next one is told to wait; nothing is lost by it."""
    desk = make_desk(tmp_path, api_uploads=1)
    key = add_key(desk, OPERATOR, client="registry")
    head = (
        "POST /v1/letters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nIdempotency-Key: k\r\nContent-Length: 100\r\n\r\n{{"
    )
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=20) as line:
            line.sendall(head.encode())
            until_noted(desk, key)
            headers = {"Authorization": f"Bearer {key}"}
            busy = Event()
            for _ in range(500):
                code = httpx.get(f"{url}/v1/openapi.json", headers=headers).status_code
                if code == 429:
                    break
                busy.wait(0.01)
    assert code == 429
    desk.database.close()


def test_the_command_line_looks_after_keys(tmp_path: Path) -> None:
    """Add with scopes, list, rotate, revoke; the secret is shown once."""

    def call(*arguments: str) -> str:
        result = CliRunner().invoke(command_line, ["key", *arguments, "--data", str(tmp_path)])
        assert result.exit_code == 0, result.output
        return result.output.strip()

    scope = ("--scope", "letters:status", "--days", "30", "--from", "192.0.2.7")
    key = call("add", "registry", *scope)
    listed = call("list").split("\t")
    assert listed[:4] == [id_of(key), "registry", "letters:status", "192.0.2.7/32"]
    assert listed[5] == "last used -"
    assert key.split("_", 2)[2] not in "\t".join(listed)
    assert call("rotate", id_of(key), "--overlap", "1") != key
    call("revoke", id_of(key))
    lines = call("list").splitlines()
    assert len(lines) == 2
    assert sum("revoked" in line for line in lines) == 1
    bad = CliRunner().invoke(
        command_line, ["key", "add", "x", "--scope", "all", "--data", str(tmp_path)]
    )
    assert bad.exit_code == 2
    assert "Scopes are" in bad.output
