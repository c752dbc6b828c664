"""
A small OpenID Connect provider over real HTTP, with real signatures, for tests.

It does what a provider does (discovery, authorization code with PKCE, tokens, keys) and can be
told to misbehave: `tamper` changes the claims, `forge` signs them in another way.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "letters", "a secret of the provider"
Claims = dict[str, Any]


@cache
def signing_key(number: int) -> RSAKey:
    """A key to sign with; making one takes a while, so each is made once."""
    del number
    return RSAKey.generate_key(2048, {"kid": "one"})


@dataclass(kw_only=True)
class Provider:
    """The provider, and the person who is signed in there."""

    now: Callable[[], float]
    issuer: str = ""
    subject: str = "subject-1"
    claims: Claims = field(default_factory=lambda: {"name": "Olga"})
    key: RSAKey = field(default_factory=lambda: signing_key(1))
    tamper: Callable[[Claims], Claims] = lambda claims: claims
    forge: Callable[["Provider", Claims], str] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def authorize(self, address: str) -> str:
        """The person agrees; the address that the provider sends the browser back to."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(given)
        assert given["response_type"] == "code"
        assert given["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = given
        return f"{given['redirect_uri']}?" + urlencode(
            {"code": code, "state": given["state"], "iss": self.issuer}
        )

    def id_token(self, given: dict[str, str], access_token: str) -> str:
        """The signed claims, or whatever the test makes of them."""
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = self.tamper(
            {
                "iss": self.issuer,
                "sub": self.subject,
                "aud": CLIENT_ID,
                "iat": int(self.now()),
                "exp": int(self.now()) + 300,
                "nonce": given["nonce"],
                "at_hash": _encoded(half),
                **self.claims,
            }
        )
        if self.forge is not None:
            return self.forge(self, claims)
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """The token answer; a code works once, with its verifier, for its client."""
        given = self.codes.pop(form.get("code", ""), None)
        wanted = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".replace(" ", "+").encode())
        plain = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode())
        known = authorization in {f"Basic {one.decode()}" for one in (wanted, plain)}
        verifier = form.get("code_verifier", "").encode()
        proven = given is not None and given["code_challenge"] == _encoded(
            hashlib.sha256(verifier).digest()
        )
        if given is None or not known or not proven:
            return 400, {"error": "invalid_grant"}
        access_token = secrets.token_urlsafe(16)
        return 200, {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.id_token(given, access_token),
        }


def unsigned(provider: Provider, claims: Claims) -> str:
    """`alg: none`."""
    del provider
    return ".".join((_encoded(b'{"alg":"none"}'), _encoded(json.dumps(claims).encode()), ""))


def signed_with_the_public_key(provider: Provider, claims: Claims) -> str:
    """HS256 with the published key as the shared secret."""
    # by hand: the library refuses to do it
    head = _encoded(b'{"alg":"HS256","kid":"one"}')
    signed = f"{head}.{_encoded(json.dumps(claims).encode())}"
    public = provider.key.as_pem(private=False)
    return f"{signed}.{_encoded(hmac.digest(public, signed.encode(), 'sha256'))}"


def signed_by_a_stranger(provider: Provider, claims: Claims) -> str:
    """RS256 under the right key id, with another key."""
    del provider
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, signing_key(2))


@contextmanager
def running(now: Callable[[], float]) -> Iterator[Provider]:
    """The provider on a port of its own."""
    provider = Provider(now=now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                self._answer(200, _document(provider.issuer))
            elif self.path == "/keys":
                self._answer(200, {"keys": [provider.key.as_dict(private=False)]})
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

        def _answer(self, status: int, content: Claims) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _document(issuer: str) -> Claims:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/keys",
    }


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
