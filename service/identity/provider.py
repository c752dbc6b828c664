"""
Signing in through an identity provider: OpenID Connect, authorization code with PKCE (Authlib).

Contract: `begin` gives the address to send the browser to and what must be kept; `finish` gives
who it is, or `ProviderFailed`. A person is issuer and subject, never an e-mail address. The
algorithms are pinned to signatures with public keys; issuer, audience, nonce, times, the hash of
the access token and, where asked for, the second factor are checked.
"""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.workflow.errors import ProviderFailed

#: Signatures with a public key. Neither `none` nor a shared secret is one.
_ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
_LEEWAY_S = 60
_KEPT = timedelta(hours=1)
_WITHIN_S = 10.0
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """The provider, and what we are there."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    redirect_uri: str
    scopes: str = "openid profile"
    roles_claim: str | None = None
    second_factor: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A sign-in at the provider that begins: where to go, and what to keep until it comes back."""

    address: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Who the provider says it is. `groups` is None when no claim is asked for roles."""

    issuer: str
    subject: str
    name: str
    groups: frozenset[str] | None
    proved_at: datetime | None = None
    """When the person showed the provider who they are, where it says so."""


class Provider:
    """One identity provider; what it publishes is read when it is first needed and kept an hour."""

    def __init__(self, settings: ProviderSettings) -> None:
        _check_address(settings.issuer)
        self.settings = settings
        self._lock = threading.Lock()
        self._found: tuple[datetime, dict[str, Any], KeySet] | None = None

    def begin(self, *, now: datetime, again: bool = False) -> Visit:
        """
        A new visit with its own state, nonce and PKCE verifier.

        `again` asks the provider to let the person sign in anew, and to say when they did.
        """
        document, _ = self._published(now)
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = secrets.token_urlsafe(48)
        with self._client() as client:
            address, _ = client.create_authorization_url(
                document["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                **({"prompt": "login", "max_age": "0"} if again else {}),
            )
        return Visit(address=address, state=state, nonce=nonce, verifier=verifier)

    def finish(self, code: str, *, nonce: str, verifier: str, now: datetime) -> Claimed:
        """Exchange the code and check the ID token."""
        document, keys = self._published(now)
        try:
            with self._client() as client:
                token = client.fetch_token(
                    document["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
            claims = self._checked(token, keys, nonce=nonce, now=now)
        except (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError, TypeError, KeyError):
            # a signature of a key that is new there: the next try reads the keys again
            self._found = None
            raise ProviderFailed from None
        return self._claimed(claims)

    def _checked(
        self, token: Mapping[str, Any], keys: KeySet, *, nonce: str, now: datetime
    ) -> CodeIDToken:
        given = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
        exact = {"essential": True}
        claims = CodeIDToken(
            given.claims,
            given.header,
            {
                "iss": {**exact, "value": self.settings.issuer},
                "aud": {**exact, "value": self.settings.client_id},
                "nonce": {**exact, "value": nonce},
            },
            {
                "nonce": nonce,
                "client_id": self.settings.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)
        wanted = set(self.settings.second_factor)
        methods = claims.get("amr") or []
        if wanted and not wanted & {str(claims.get("acr")), *map(str, methods)}:
            message = "The identity provider did not confirm a second factor."
            raise ProviderFailed(message)
        return claims

    def _claimed(self, claims: Mapping[str, Any]) -> Claimed:
        subject, name = claims["sub"], claims.get("name") or claims.get("preferred_username")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ProviderFailed
        groups = None
        if self.settings.roles_claim is not None:
            value = claims.get(self.settings.roles_claim)
            listed = [value] if isinstance(value, str) else value
            groups = frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()
        return Claimed(
            issuer=self.settings.issuer,
            subject=subject,
            name=name if isinstance(name, str) else "",
            groups=groups,
            proved_at=_time_of(claims.get("auth_time")),
        )

    def _published(self, now: datetime) -> tuple[dict[str, Any], KeySet]:
        with self._lock:
            if self._found is None or not timedelta() <= now - self._found[0] < _KEPT:
                self._found = (now, *self._fetch())
            return self._found[1], self._found[2]

    def _fetch(self) -> tuple[dict[str, Any], KeySet]:
        where = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            with httpx2.Client(trust_env=False, timeout=_WITHIN_S) as client:
                document = client.get(where).raise_for_status().json()
                if document["issuer"] != self.settings.issuer:
                    raise ProviderFailed
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    _check_address(document[name])
                keys = client.get(document["jwks_uri"]).raise_for_status().json()
            return document, KeySet.import_key_set(keys)
        except (httpx2.HTTPError, JoseError, ValueError, TypeError, KeyError):
            message = "The identity provider cannot be reached. Try again in a moment."
            raise ProviderFailed(message) from None

    def _client(self) -> OAuth2Client:
        secret = self.settings.client_secret
        return OAuth2Client(
            client_id=self.settings.client_id,
            client_secret=secret,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            redirect_uri=self.settings.redirect_uri,
            scope=self.settings.scopes,
            code_challenge_method="S256",
            trust_env=False,
            timeout=_WITHIN_S,
        )


def _time_of(claim: object) -> datetime | None:
    """The claim `auth_time`; None where the provider does not say, or says nonsense."""
    if not isinstance(claim, int | float) or isinstance(claim, bool):
        return None
    try:
        return datetime.fromtimestamp(claim, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _check_address(address: str) -> None:
    """Raise `ProviderFailed` for an address that strangers on the way could read."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        message = "The identity provider must be reached over HTTPS."
        raise ProviderFailed(message)
