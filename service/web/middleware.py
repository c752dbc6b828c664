"""
What holds for every request: size, origin, headers, one log line, an answer whatever happens.

Contract: plain ASGI, so that streaming and errors pass through unchanged. Order from outside:
language, headers, log, last resort, port, origin, size.
"""

import asyncio
import time
from collections.abc import Iterable

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.actions.desk import Desk
from service.logs import get_logger
from service.web.language.choice import COOKIE, LANGUAGES, choose, language_for
from service.web.language.words import sentences_of
from service.web.problems import HttpProblem, answer, is_api
from service.web.security import SAFE_METHODS, came_from_us, cookie_of
from service.workflow.errors import TooLarge

log = get_logger(__name__)

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'"
)

#: So many times the limit is thrown away before the connection is cut.
_MOST_DROPPED = 5

#: What browsers could do for a page and none of ours needs.
_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)

_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
    "X-Permitted-Cross-Domain-Policies": "none",
}


class SecurityHeaders:
    """Puts the headers on every response; nothing but static files may be kept by a browser."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        self._app = app
        self._https = desk.settings.secure_cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, add to the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers(scope, message)]
            await send(message)

        await self._app(scope, receive, with_headers)

    def _headers(self, scope: Scope, message: Message) -> Iterable[tuple[bytes, bytes]]:
        for name, value in _HEADERS.items():
            yield name.lower().encode(), value.encode()
        if self._https:
            yield b"strict-transport-security", b"max-age=63072000"
        if not any(name.lower() == b"cache-control" for name, _ in message["headers"]):
            static = scope["path"].startswith("/static/")
            yield b"cache-control", b"no-cache" if static else b"no-store"


class RequestLog:
    """One line per request: method, route template, status. Never a path, a query or a body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, note how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, noting)
        route = getattr(scope.get("route"), "path", None)
        log.info(
            "request",
            method=scope["method"] if scope["method"].isalpha() else "?",
            route=route or "unknown",
            status=status,
            duration_ms=round((time.monotonic() - began) * 1000),
        )


class InLanguage:
    """Chooses the language of the answer: the one that was chosen, else that of the browser."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        self._app = app
        self._desk = desk
        for language in LANGUAGES.values():
            # a damaged catalogue stops the start, not somebody's work
            sentences_of(language)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the choice holds for this request only."""
        if scope["type"] == "http":
            request = Request(scope)
            kept = cookie_of(request, self._desk, COOKIE)
            choose(language_for(kept, request.headers.get("accept-language")))
        await self._app(scope, receive, send)


class LastResort:
    """An unforeseen error becomes a sentence and a log line of class and place."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, answer if nobody did."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            log.error("request.failed", exc_info=error)
            if not started:
                reason = "Something went wrong in the service. Nothing was passed on."
                await answer(Request(scope), 500, reason)(scope, receive, send)


class OwnOrigin:
    """Refuses what another site makes a browser send, even to forms that need no session."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is safe or ours. The API has keys, which no browser adds."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            request = Request(scope)
            if not is_api(request) and not came_from_us(request, self._desk):
                refused = answer(request, 403, "This request came from another site.")
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


class OwnPort:
    """Answers interface and pages each on its own port, where the site has two."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        self._app = app
        self._api_port = desk.settings.api_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it came where it belongs; health is asked on both."""
        if scope["type"] == "http" and self._api_port is not None:
            # the socket's own address: no header changes it
            at_interface = (scope.get("server") or ("", None))[1] == self._api_port
            request = Request(scope)
            of_health = request.url.path.startswith("/health/")
            if not of_health and is_api(request) != at_interface:
                refused = answer(request, 404, "There is nothing under this address.")
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


class BodyLimit:
    """Counts the body while it streams in; one that is too large or too slow is refused."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        self._app = app
        self._limit = desk.settings.max_body_bytes
        self._within_s = desk.settings.body_within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counted body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or len(declared) > 18 or int(declared) > self._limit:
            too_large = declared.isdigit()
            await self._drain(receive)
            status = 413 if too_large else 400
            reason = self._reason() if too_large else "The Content-Length is not a number."
            await answer(Request(scope), status, reason)(scope, receive, send)
            return
        seen, complete = 0, False
        until = time.monotonic() + self._within_s

        async def counted() -> Message:
            nonlocal seen, complete
            if complete:
                # afterwards this waits for the client to go away, however long that takes
                return await receive()
            try:
                async with asyncio.timeout(until - time.monotonic()):
                    message = await receive()
            except TimeoutError:
                raise HttpProblem(408, "The request did not arrive in time.") from None
            complete = not message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > self._limit:
                await self._drain(receive)
                raise TooLarge(self._reason())
            return message

        await self._app(scope, counted, send)

    async def _drain(self, receive: Receive) -> None:
        """Throw away a while what still comes: a client that is writing reads no answer."""
        dropped = 0
        while dropped < _MOST_DROPPED * self._limit:
            message = await receive()
            dropped += len(message.get("body", b""))
            if not message.get("more_body"):
                return

    def _reason(self) -> str:
        return f"The request is larger than {self._limit // (1024 * 1024)} MB."
