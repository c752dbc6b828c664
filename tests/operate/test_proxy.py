"""The proxy that is shipped, at work: what it lets through, refuses and writes down."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.actions import Desk
from service.actions.access import OPERATOR, add_key, make_sign_in_link
from service.app import create_app
from tests.chaos.proxy import API_NAME, SHIPPED, Proxy, check, proxy
from tests.factories import add, make_desk
from tests.integration.server import served

MARK = "Quincampoix"
MEBIBYTE = 1024 * 1024


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that trusts the proxy."""
    made = make_desk(tmp_path / "data", trusted_proxies=("127.0.0.1",), secure_cookies=True)
    yield made
    made.database.close()


@pytest.fixture
def front(desk: Desk, tmp_path: Path) -> Iterator[Proxy]:
    """The proxy in front of the application."""
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        port = int(url.rpartition(":")[2])
        with proxy(tmp_path / "proxy", to_port=port) as made:
            yield made


def client(front: Proxy, **headers: str) -> httpx.Client:
    """Somebody who checks the certificate."""
    trust = ssl.create_default_context(cafile=front.certificate)
    return httpx.Client(base_url=front.pages, verify=trust, headers=headers, timeout=30)


def test_nginx_takes_the_shipped_file_without_a_warning(tmp_path: Path) -> None:
    """`nginx -t` on all of it, with paths of this test in place of the system's."""
    told = check(tmp_path)
    assert "successful" in told
    assert "[warn]" not in told


def test_people_reach_pages_and_the_registry_the_interface(front: Proxy, desk: Desk) -> None:
    """Neither reaches the other's, and nobody without the allowance the figures."""
    with client(front) as people:
        assert people.get("/sign-in").status_code == 200
        assert people.get("/static/base.css").status_code == 200
        for path in ("/v1/openapi.json", "/health/ready", "/health/metrics"):
            assert people.get(path).status_code == 404, path
    key = add_key(desk, OPERATOR, client="registry")
    with client(front, Host=API_NAME, Authorization=f"Bearer {key}") as registry:
        assert registry.get("/v1/openapi.json").status_code == 200
        assert registry.get("/health/ready").status_code == 200
        for path in ("/sign-in", "/review", "/", "/static/base.css", "/health/live"):
            assert registry.get(path).status_code == 404, path
        # allowed from this machine, and the service has no token here
        assert registry.get("/health/metrics").json()["title"] == "Not found"


def test_without_tls_there_is_no_interface(front: Proxy) -> None:
    """A key would have been told to everybody on the way; people are sent to the first page."""
    plain = f"http://127.0.0.1:{front.plain_port}"
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{plain}/v1/letters", headers={"Host": API_NAME})
    answer = httpx.get(f"{plain}/sign-in/{MARK}", headers={"Host": "localhost"})
    assert answer.status_code == 301
    assert MARK not in answer.headers["location"]


def test_another_name_gets_no_answer(front: Proxy) -> None:
    """Not even a certificate."""
    trust = ssl.create_default_context(cafile=front.certificate)
    with (
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as raw,
        pytest.raises(ssl.SSLError),
    ):
        trust.wrap_socket(raw, server_hostname="another.example")


def test_old_versions_of_tls_are_refused(front: Proxy) -> None:
    """1.2 and later only."""
    old = ssl.create_default_context(cafile=front.certificate)
    old.set_ciphers("ALL:@SECLEVEL=0")
    # the library says that this is old, which is the point
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as raw,
        pytest.raises(ssl.SSLError),
    ):
        old.wrap_socket(raw, server_hostname="localhost")


def test_the_address_of_a_client_cannot_be_made_up(front: Proxy, desk: Desk) -> None:
    """The limits of sign-in count by it; a key that is bound to an address asks for it."""
    key = add_key(desk, OPERATOR, client="registry", addresses=("192.0.2.7",))
    headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": "192.0.2.7"}
    with client(front, Host=API_NAME, **headers) as registry:
        assert registry.get("/v1/openapi.json").status_code == 401


def test_the_headers_of_the_service_arrive_once(front: Proxy) -> None:
    """The proxy neither takes one away nor says its own version."""
    with client(front) as people:
        answer = people.get("/sign-in")
    for name in ("content-security-policy", "strict-transport-security", "x-frame-options"):
        assert len(answer.headers.get_list(name)) == 1
    assert answer.headers["server"] == "nginx"


def test_a_letter_on_its_way_lies_in_no_file(front: Proxy, desk: Desk, tmp_path: Path) -> None:
    """Seven megabytes have come and more is to come: the folder for such bodies is empty."""
    key = add_key(desk, OPERATOR, client="registry")
    head = (
        f"POST /v1/letters HTTP/1.1\r\nHost: {API_NAME}\r\nAuthorization: Bearer {key}\r\n"
        f"Idempotency-Key: 1\r\nContent-Length: {8 * MEBIBYTE}\r\n\r\n"
    )
    trust = ssl.create_default_context(cafile=front.certificate)
    with (
        socket.create_connection(("127.0.0.1", front.port), timeout=10) as raw,
        trust.wrap_socket(raw, server_hostname="localhost") as sent,
    ):
        sent.sendall(head.encode() + (MARK * MEBIBYTE).encode()[: 7 * MEBIBYTE])
        found = [path for path in (tmp_path / "proxy").rglob("*") if path.is_file()]
        assert front.certificate in found
        assert not [path for path in found if MARK.encode() in path.read_bytes()]
        assert not [path for path in found if path.stat().st_size > MEBIBYTE]


def test_more_than_the_limit_is_refused_by_the_proxy(front: Proxy, desk: Desk) -> None:
    """Before the service sees any of it."""
    key = add_key(desk, OPERATOR, client="registry")
    with client(front, Host=API_NAME, Authorization=f"Bearer {key}") as registry:
        answer = registry.post("/v1/letters", content=b"x" * 12 * MEBIBYTE)
    assert answer.status_code == 413
    assert "nginx" in answer.text


def test_the_log_of_the_proxy_holds_no_address_of_a_page(front: Proxy, desk: Desk) -> None:
    """A sign-in link is a secret, and ids of letters belong into no log of another program."""
    add(desk, "Anna")
    token = make_sign_in_link(desk, OPERATOR, name="Anna").rpartition("/")[2]
    with client(front) as people:
        people.get(f"/sign-in/{token}")
        people.get(f"/{MARK}?{MARK}={MARK}")
        people.get("/sign-in", headers={"X-Long": "a" * 9000, "Referer": MARK})
    logs = [path for path in front.log.parent.glob("*.log") if path.is_file()]
    told = "".join(path.read_text("utf-8", "replace") for path in logs)
    assert " GET 200 " in told
    assert token not in told
    assert MARK not in told


def test_the_limits_of_proxy_and_service_fit_each_other(desk: Desk) -> None:
    """What the service takes gets through, and the proxy waits as long as an answer may take."""
    text = SHIPPED.read_text("utf-8")
    assert "client_max_body_size 11m;" in text
    assert "client_body_buffer_size 11m;" in text
    assert desk.settings.max_body_bytes < 11 * MEBIBYTE
    assert desk.settings.draft_timeout_s < 130
    assert "proxy_read_timeout 130s;" in text
