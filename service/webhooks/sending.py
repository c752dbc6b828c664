"""
Sending one status word: signed, to the checked address only, with nothing of the answer kept.

Contract: `send` returns when the client has taken the word (any 2xx) and raises `NotDelivered`
with a code otherwise. The name is resolved once, every address found must be a public one, and the
connection goes to that very address, so that a name that changes in between leads nowhere.
Redirects are not followed, proxies of the environment not used, the answer's body not read.

The signature follows Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, in base64.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

import httpx2

from service.webhooks.listeners import Listener
from service.workflow.errors import ServiceError
from service.workflow.writer_status import WriterStatus

#: Addresses that stand for IPv4 ones, which may be inside the house (NAT64, RFC 6052 and 8215).
_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48")))
_CONNECT_S = 3.0
_ANSWER_S = 5.0

Resolve = Callable[[str, int], list[str]]


class Failure(StrEnum):
    """Why a word did not arrive."""

    UNKNOWN_HOST = "unknown_host"
    PRIVATE_ADDRESS = "private_address"
    NO_CONNECTION = "no_connection"
    TIMEOUT = "timeout"
    BROKEN_ANSWER = "broken_answer"


class NotDelivered(ServiceError):
    """The client did not take the word."""

    def __init__(self, why: Failure | int) -> None:
        super().__init__()
        self.code = f"answered_{why}" if isinstance(why, int) else why.value


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWord:
    """What a client is told: which of its letters, and one of four words."""

    delivery_id: str
    letter_id: str
    status: WriterStatus


def addresses_of(host: str, port: int) -> list[str]:
    """Every address of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def signature(secret: str, delivery_id: str, timestamp: int, body: bytes) -> str:
    """One signature, with its version."""
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def send(
    listener: Listener, word: StatusWord, *, now: datetime, resolve: Resolve = addresses_of
) -> None:
    """Deliver one word or raise `NotDelivered`."""
    parts = urlsplit(listener.address)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _checked_address(listener, host, port, resolve)
    body = json.dumps(
        {"type": "letter.status", "letter_id": word.letter_id, "status": word.status.value},
        separators=(",", ":"),
    ).encode()
    shown = f"[{address}]" if ":" in address else address
    url = httpx2.URL(listener.address).copy_with(host=shown, port=port)
    try:
        with (
            httpx2.Client(
                trust_env=False,
                follow_redirects=False,
                timeout=httpx2.Timeout(_ANSWER_S, connect=_CONNECT_S),
            ) as client,
            client.stream(
                "POST",
                url,
                content=body,
                headers={"Host": parts.netloc, **_headers(listener, word, body, now)},
                # the certificate must be that of the name, although we connect to the address
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            status = answer.status_code
    except httpx2.HTTPError as error:
        raise NotDelivered(_failure(error)) from None
    if not 200 <= status < 300:
        raise NotDelivered(status)


def try_connection(listener: Listener, *, resolve: Resolve = addresses_of) -> None:
    """Connect as `send` does, to the checked address and with TLS, and say nothing."""
    parts = urlsplit(listener.address)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _checked_address(listener, host, port, resolve)
    try:
        with socket.create_connection((address, port), timeout=_CONNECT_S) as raw:
            if parts.scheme == "https":
                ssl.create_default_context().wrap_socket(raw, server_hostname=host).close()
    except TimeoutError:
        raise NotDelivered(Failure.TIMEOUT) from None
    except OSError:
        # an invalid certificate is one as well
        raise NotDelivered(Failure.NO_CONNECTION) from None


def _headers(listener: Listener, word: StatusWord, body: bytes, now: datetime) -> dict[str, str]:
    timestamp = int(now.timestamp())
    signatures = (
        signature(secret, word.delivery_id, timestamp, body) for secret in listener.secrets
    )
    return {
        "Content-Type": "application/json",
        "User-Agent": "letter-anonymizer",
        "Webhook-Id": word.delivery_id,
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": " ".join(signatures),
    }


def _checked_address(listener: Listener, host: str, port: int, resolve: Resolve) -> str:
    try:
        found = resolve(host, port)
    except OSError:
        raise NotDelivered(Failure.UNKNOWN_HOST) from None
    if not found:
        raise NotDelivered(Failure.UNKNOWN_HOST)
    if not listener.private_network and not all(map(_is_public, found)):
        raise NotDelivered(Failure.PRIVATE_ADDRESS)
    return found[0]


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or parsed.teredo
        if inner is not None or any(parsed in network for network in _TRANSLATED):
            return False
    return parsed.is_global and not parsed.is_multicast


def _failure(error: httpx2.HTTPError) -> Failure:
    if isinstance(error, httpx2.TimeoutException):
        return Failure.TIMEOUT
    if isinstance(error, httpx2.ConnectError):
        return Failure.NO_CONNECTION
    return Failure.BROKEN_ANSWER
