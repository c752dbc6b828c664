"""
Who asks, whether they may, and whether the request came from our own page.

Contract: pages take `SessionPerson`; every unsafe page route has `verify_csrf`; every page route
has `permitted`, which asks the table of routes before anything of the request is read. A session
is a random id in a cookie that scripts cannot read and other sites cannot send.
"""

import hmac
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from service.actions.access import (
    NewSession,
    SignedIn,
    link_is_usable,
    person_of_session,
    sign_out,
    use_sign_in_link,
)
from service.actions.desk import Desk
from service.actions.proving import Asked, is_proved, prove
from service.web.permissions import OPEN, need_of, needs_proof
from service.web.problems import FormExpired, NotSignedIn, ProofAsked
from service.workflow.errors import ProofNeeded
from service.workflow.people import Permission, check_may

__all__ = [
    "NewSession",
    "SessionPerson",
    "SignedIn",
    "clear_session_cookie",
    "client_address",
    "cookie_of",
    "get_desk",
    "lately_proved",
    "link_is_usable",
    "permitted",
    "set_browser_cookie",
    "set_language_cookie",
    "set_session_cookie",
    "set_visit_cookie",
    "sign_out",
    "signed_in",
    "use_sign_in_link",
    "verify_csrf",
]

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_PASSWORD, _CODE = "proof_password", "proof_code"
_KNOWN_FOR_S = 180 * 86_400
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def get_desk(request: Request) -> Desk:
    """The desk of this application."""
    return cast("Desk", request.app.state.desk)


TheDesk = Annotated[Desk, Depends(get_desk)]


def signed_in(request: Request, desk: TheDesk) -> SignedIn:
    """Who is signed in; a person who is not is sent to the sign-in page."""
    known = getattr(request.state, "who", None)
    if isinstance(known, SignedIn):
        return known
    cookie = cookie_of(request, desk)
    who = person_of_session(desk, cookie) if cookie else None
    if who is None:
        raise NotSignedIn
    # asked several times within one request, looked up once
    request.state.who = who
    return who


SessionPerson = Annotated[SignedIn, Depends(signed_in)]


def permitted(request: Request, desk: TheDesk) -> None:
    """Refuse whoever the table of routes does not name; routes open to all need no session."""
    need = need_of(request)
    if need is OPEN:
        return
    who = signed_in(request, desk)
    if isinstance(need, Permission):
        check_may(who.person, need)


async def lately_proved(request: Request, desk: TheDesk) -> None:
    """
    Before a dangerous step: ask for password and code, unless the person gave them lately.

    The page that asks sends the form once more, with what was typed and the proof in it.
    """
    if not needs_proof(request):
        return
    who = await run_in_threadpool(signed_in, request, desk)
    if is_proved(desk, who):
        return
    form = await request.form(max_files=10, max_fields=2000)
    typed = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    ours = {_PASSWORD, _CODE, "csrf_token"}
    kept = tuple((name, value) for name, value in typed if name not in ours)
    asked = Asked(action=request.url.path, fields=kept)
    given = dict(typed)
    if not given.get(_PASSWORD) and not given.get(_CODE):
        raise ProofAsked(who, asked)
    password, code = given.get(_PASSWORD, "")[:1000], given.get(_CODE, "")[:20]
    try:
        await run_in_threadpool(prove, desk, who, password=password, code=code)
    except ProofNeeded as refused:
        raise ProofAsked(who, asked, refused.reason) from None


def client_address(request: Request) -> str:
    """Where the request comes from, as the server says; proxies it trusts have told it."""
    return request.client.host if request.client else "unknown"


async def verify_csrf(request: Request, who: SessionPerson) -> None:
    """Refuse a form that does not carry the session's token."""
    sent = request.headers.get("x-csrf-token")
    if sent is None and request.headers.get("content-type", "").startswith(_FORM_TYPES):
        form = await request.form(max_files=10, max_fields=2000)
        value = form.get("csrf_token")
        sent = value if isinstance(value, str) else None
    if sent is None or not hmac.compare_digest(sent.encode(), who.csrf_token.encode()):
        # nobody else lets go of a file that came along; what was typed can still be read
        await request.close()
        raise FormExpired


def came_from_us(request: Request, desk: Desk) -> bool:
    """True unless the browser says that another site sent this request."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        # no page can set this header, and it is there even when the origin is sent as "null"
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None:
        return True
    own = {request.headers.get("host", ""), urlsplit(desk.settings.base_url).netloc}
    return urlsplit(origin).netloc in own


def set_session_cookie(response: Response, session: NewSession) -> None:
    """Hand the session to the browser."""
    _set_cookie(response, "session", session.cookie_value, secure=session.secure)


def clear_session_cookie(response: Response) -> None:
    """Take the session from the browser, and what it kept of our pages."""
    for secure in (False, True):
        response.delete_cookie(
            cookie_name(secure=secure), secure=secure, httponly=True, samesite="strict", path="/"
        )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def set_browser_cookie(response: Response, token: str, *, secure: bool) -> None:
    """Let the browser show later that it signed the person in; it opens nothing."""
    _set_cookie(response, "browser", token, secure=secure, max_age=_KNOWN_FOR_S)


def set_language_cookie(response: Response, code: str, *, secure: bool) -> None:
    """Keep the language that was chosen for the pages; it tells nothing else."""
    _set_cookie(response, "language", code, secure=secure, max_age=_KNOWN_FOR_S, same_site="lax")


def set_visit_cookie(response: Response, token: str, *, secure: bool) -> None:
    """Bind a visit to the identity provider to this browser: Lax, as the way back is no form."""
    _set_cookie(response, "visit", token, secure=secure, max_age=600, same_site="lax")


def cookie_of(request: Request, desk: Desk, name: str = "session") -> str | None:
    """One of our cookies."""
    return request.cookies.get(cookie_name(name, secure=desk.settings.secure_cookies))


def cookie_name(name: str = "session", *, secure: bool) -> str:
    """`__Host-` binds a cookie to this host; browsers accept that over HTTPS only."""
    return f"__Host-{name}" if secure else name


def _set_cookie(
    response: Response,
    name: str,
    value: str,
    *,
    secure: bool,
    max_age: int | None = None,
    same_site: Literal["lax", "strict"] = "strict",
) -> None:
    response.set_cookie(
        cookie_name(name, secure=secure),
        value,
        secure=secure,
        httponly=True,
        samesite=same_site,
        max_age=max_age,
        path="/",
    )
