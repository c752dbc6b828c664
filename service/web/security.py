"""
Who asks, and whether the request came from our own page.

Contract: pages take `SessionPerson`; every unsafe page route has `verify_csrf`. A session is a
random id in a cookie that scripts cannot read and other sites cannot send.
"""

import hmac
from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from service.actions.access import (
    NewSession,
    SignedIn,
    link_is_usable,
    person_of_session,
    sign_out,
    use_sign_in_link,
)
from service.actions.desk import Desk
from service.web.problems import HttpProblem, NotSignedIn

__all__ = [
    "NewSession",
    "SessionPerson",
    "SignedIn",
    "clear_session_cookie",
    "get_desk",
    "link_is_usable",
    "set_session_cookie",
    "sign_out",
    "signed_in",
    "use_sign_in_link",
    "verify_csrf",
]

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def get_desk(request: Request) -> Desk:
    """The desk of this application."""
    return cast("Desk", request.app.state.desk)


TheDesk = Annotated[Desk, Depends(get_desk)]


def signed_in(request: Request, desk: TheDesk) -> SignedIn:
    """Who is signed in; a person who is not is sent to the sign-in page."""
    cookie = request.cookies.get(cookie_name(secure=desk.settings.secure_cookies))
    who = person_of_session(desk, cookie) if cookie else None
    if who is None:
        raise NotSignedIn
    return who


SessionPerson = Annotated[SignedIn, Depends(signed_in)]


async def verify_csrf(request: Request, who: SessionPerson) -> None:
    """Refuse a form that does not carry the session's token."""
    sent = request.headers.get("x-csrf-token")
    if sent is None and request.headers.get("content-type", "").startswith(_FORM_TYPES):
        form = await request.form(max_files=10, max_fields=2000)
        value = form.get("csrf_token")
        sent = value if isinstance(value, str) else None
    if sent is None or not hmac.compare_digest(sent.encode(), who.csrf_token.encode()):
        raise HttpProblem(403, "The form has expired. Open the page again and repeat it.")


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
    response.set_cookie(
        cookie_name(secure=session.secure),
        session.cookie_value,
        secure=session.secure,
        httponly=True,
        samesite="strict",
        path="/",
    )


def clear_session_cookie(response: Response) -> None:
    """Take the session from the browser, and what it kept of our pages."""
    for secure in (False, True):
        response.delete_cookie(
            cookie_name(secure=secure), secure=secure, httponly=True, samesite="strict", path="/"
        )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def cookie_name(*, secure: bool) -> str:
    """`__Host-` binds a cookie to this host; browsers accept that over HTTPS only."""
    return "__Host-session" if secure else "session"
