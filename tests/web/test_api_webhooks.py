"""Status words for registry clients: queued with the change, signed, sent to one place only."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.webhooks import (
    PAUSES_MIN,
    deliver_next_webhook,
    drop_unheard,
    list_undelivered,
    send_again,
)
from service.webhooks.listeners import BadListeners, Listener, read_listeners
from service.webhooks.sending import NotDelivered, StatusWord, send
from service.workflow.errors import NotAllowed, NotFound
from service.workflow.people import Person
from service.workflow.writer_status import WriterStatus
from tests.factories import add, bring_in, clock_of, make_desk, send_back, version_of, work_all
from tests.web.actors import CLIENT, MARK, letter_of_client

SECRET, FORMER = "s" * 32, "f" * 32


@dataclass(kw_only=True)
class Registry:
    """A registry's listener, and what it heard."""

    address: str = ""
    status: int = 200
    location: str | None = None
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """The status words, in the order they came."""
        return [json.loads(body)["status"] for _, body in self.heard]


@contextmanager
def listening() -> Iterator[Registry]:
    """A listener on a port of its own."""
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            registry.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(registry.status)
            if registry.location:
                self.send_header("Location", registry.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.address = f"http://127.0.0.1:{server.server_port}/letters"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def registry() -> Iterator[Registry]:
    """The registry's end."""
    with listening() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path, registry: Registry) -> Iterator[Desk]:
    """A desk that tells the registry."""
    made = make_desk(tmp_path)
    yield replace(made, listeners={CLIENT: listener(registry)})
    made.database.close()


@pytest.fixture
def anna(desk: Desk) -> Person:
    """A proofreader."""
    return add(desk, "Anna")


def listener(registry: Registry, **changes: object) -> Listener:
    """How the registry wants to be told."""
    values = {
        "client": CLIENT,
        "address": registry.address,
        "secrets": (SECRET, FORMER),
        "private_network": True,
        **changes,
    }
    return Listener(**values)  # type: ignore[arg-type]  # names of its fields


def word(letter_id: str = "a" * 32) -> StatusWord:
    """Something to tell."""
    return StatusWord(delivery_id="d" * 32, letter_id=letter_id, status=WriterStatus.BEING_READ)


def deliver_all(desk: Desk) -> int:
    """Deliver what is due; how much it was."""
    count = 0
    while deliver_next_webhook(desk):
        count += 1
    return count


def test_the_worker_tells_every_change_of_the_word_once(
    desk: Desk, registry: Registry, anna: Person
) -> None:
    """Four neutral words; steps in between change none and tell nothing."""
    letter_id = letter_of_client(desk, CLIENT)
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version)
    actions.hold_letter(desk, anna, letter_id=letter_id, version=version + 1, reason=MARK)
    work_all(desk)
    assert registry.words == ["being_read"]
    headers, body = registry.heard[0]
    assert set(json.loads(body)) == {"type", "letter_id", "status"}
    assert json.loads(body)["letter_id"] == letter_id
    assert MARK not in str(headers) + body.decode()


def test_a_letter_of_the_staff_tells_nobody(desk: Desk, registry: Registry) -> None:
    """It has no client."""
    bring_in(desk)
    work_all(desk)
    assert registry.heard == []


def test_a_word_is_signed_with_its_time(desk: Desk, registry: Registry) -> None:
    """By the secret in use and the former one, over id, time and body."""
    send(listener(registry), word(), now=desk.now())
    headers, body = registry.heard[0]
    stamp = str(int(desk.now().timestamp()))
    assert headers["webhook-timestamp"] == stamp
    signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
    wanted = {
        "v1," + base64.b64encode(hmac.digest(one.encode(), signed, hashlib.sha256)).decode()
        for one in (SECRET, FORMER)
    }
    assert set(headers["webhook-signature"].split()) == wanted


def test_a_redirect_is_not_followed(desk: Desk, registry: Registry) -> None:
    """Wherever it leads."""
    with listening() as elsewhere:
        registry.status, registry.location = 307, elsewhere.address
        with pytest.raises(NotDelivered) as refused:
            send(listener(registry), word(), now=desk.now())
        assert refused.value.code == "answered_307"
        assert elsewhere.heard == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
def test_an_address_inside_the_house_is_refused(
    desk: Desk, registry: Registry, address: str
) -> None:
    """However the name resolves, alone or beside a public address."""
    careful = listener(registry, private_network=False)
    for found in ([address], ["93.184.215.14", address]):
        with pytest.raises(NotDelivered) as refused:
            send(careful, word(), now=desk.now(), resolve=lambda _host, _port, f=found: f)  # type: ignore[misc]
        assert refused.value.code == "private_address"
    assert registry.heard == []


def test_the_connection_goes_to_the_address_that_was_checked(
    desk: Desk, registry: Registry
) -> None:
    """A name that is resolved only once cannot lead elsewhere the second time."""
    named = registry.address.replace("127.0.0.1", "registry.example")
    looked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        del port
        looked.append(host)
        return ["127.0.0.1"]

    send(listener(registry, address=named), word(), now=desk.now(), resolve=resolve)
    assert looked == ["registry.example"]
    assert registry.heard[0][0]["host"].startswith("registry.example:")


def test_what_does_not_arrive_is_tried_again_and_then_given_up(
    desk: Desk, registry: Registry
) -> None:
    """After pauses that grow; it stays visible, and an administrator can send it again."""
    letter_of_client(desk, CLIENT)
    tries = len(registry.heard)
    registry.status = 503
    letter_of_client(desk, CLIENT, "second")
    for pause in PAUSES_MIN:
        assert deliver_all(desk) == 0
        clock_of(desk).forward(minutes=pause)
        assert deliver_all(desk) == 1
    assert len(registry.heard) - tries == len(PAUSES_MIN) + 1
    clock_of(desk).forward(days=30)
    assert deliver_all(desk) == 0
    (given_up,) = list_undelivered(desk, OPERATOR)
    assert given_up.dead_at is not None
    assert given_up.failure == "answered_503"
    registry.status = 204
    send_again(desk, OPERATOR, delivery_id=given_up.delivery_id)
    assert deliver_all(desk) == 1
    assert list_undelivered(desk, OPERATOR) == ()
    with pytest.raises(NotFound):
        send_again(desk, OPERATOR, delivery_id=given_up.delivery_id)
    with pytest.raises(NotAllowed):
        send_again(desk, add(desk, "Ben"), delivery_id=given_up.delivery_id)


def test_a_client_that_is_away_costs_one_try_per_pause(desk: Desk, registry: Registry) -> None:
    """However many words wait for it."""
    registry.status = 500
    for number in range(5):
        letter_of_client(desk, CLIENT, f"k{number}")
    assert len(registry.heard) == 1
    clock_of(desk).forward(minutes=1)
    assert deliver_all(desk) == 1
    registry.status = 200
    clock_of(desk).forward(hours=1)
    assert deliver_all(desk) == 5


def test_words_about_one_letter_come_in_their_order(
    desk: Desk, registry: Registry, anna: Person
) -> None:
    """A later word waits for an earlier one."""
    registry.status = 500
    letter_id = letter_of_client(desk, CLIENT)
    version = version_of(desk, letter_id)
    actions.claim_letter(desk, anna, letter_id=letter_id, version=version)
    send_back(desk, anna, letter_id)
    registry.heard.clear()
    registry.status = 200
    clock_of(desk).forward(hours=1)
    deliver_all(desk)
    assert registry.words == ["being_read", "returned_to_you"]


def test_two_workers_do_not_send_one_word_twice(desk: Desk, registry: Registry) -> None:
    """A delivery under way is leased; a worker that dies leaves it to the next after a minute."""
    registry.status = 500
    letter_of_client(desk, CLIENT)
    registry.status = 200
    clock_of(desk).forward(minutes=1)
    threads = [threading.Thread(target=deliver_all, args=(desk,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert registry.words == ["being_read", "being_read"]


def test_words_that_nobody_wants_are_closed(desk: Desk) -> None:
    """They do not pile up, and are not sent to a client that asks for them later."""
    deaf = replace(desk, listeners={})
    letter_of_client(deaf, "another")
    assert deliver_all(deaf) == 0
    drop_unheard(deaf)
    assert list_undelivered(deaf, OPERATOR) == ()


def settings_file(folder: Path, content: str, mode: int = 0o600) -> Path:
    """The operator's file."""
    path = folder / "webhooks.toml"
    path.write_text(content, "utf-8")
    path.chmod(mode)
    return path


GOOD = f'[registry]\naddress = "https://registry.example/letters"\nsecret = "{SECRET}"\n'


def test_the_operator_says_who_is_told(tmp_path: Path) -> None:
    """In a file; without one nobody is."""
    found = read_listeners(settings_file(tmp_path, GOOD))
    assert found["registry"].address == "https://registry.example/letters"
    assert SECRET not in repr(found)
    assert read_listeners(None) == {}


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        (GOOD, 0o644),
        (GOOD.replace("https", "http"), 0o600),
        (GOOD.replace("https://", "https://user:pass@"), 0o600),
        (GOOD.replace(SECRET, "short"), 0o600),
        (GOOD.replace("secret", "sceret"), 0o600),
        (GOOD + 'private_network = "yes"\n', 0o600),
        ("registry = 1\n", 0o600),
        ("[registry\n", 0o600),
    ],
)
def test_a_bad_file_stops_the_start(tmp_path: Path, content: str, mode: int) -> None:
    """And repeats no secret."""
    with pytest.raises(BadListeners) as refused:
        read_listeners(settings_file(tmp_path, content, mode))
    assert SECRET not in refused.value.reason
    with pytest.raises(BadListeners, match="cannot be read"):
        read_listeners(tmp_path / "missing.toml")
