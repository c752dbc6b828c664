"""
Signing in, by a one-time link, by password and code, or through the identity provider; and out.

Contract: opening a link uses nothing up (mail scanners open links); only the button does. Whatever
is wrong with name, password or code, the page says the same. What leads back from the provider is
a page of ours that goes on by itself: a redirect would arrive without the session's cookie, which
other sites cannot send.
"""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import Response

from service.actions.accounts import Attempt, sign_in
from service.actions.desk import Desk
from service.actions.limiting import address_group, check_rate
from service.actions.provider_visits import Return, come_back, depart
from service.web.review.pages import go, page, start_of
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.security import (
    clear_session_cookie,
    client_address,
    cookie_of,
    link_is_usable,
    set_browser_cookie,
    set_session_cookie,
    set_visit_cookie,
    sign_out,
    use_sign_in_link,
)
from service.workflow.errors import ServiceError, TooOften

read = reading()
change = changing()

_USED = "This sign-in link was used already, or its time is over."


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed into the form."""

    name: Annotated[str, Form(max_length=200)] = ""
    password: Annotated[str, Form(max_length=1000)] = field(default="", repr=False)
    code: Annotated[str, Form(max_length=20)] = field(default="", repr=False)


@read.get("/sign-in")
def ask_to_sign_in(request: Request, desk: TheDesk) -> Response:
    """Where a person without a session ends up."""
    sentence = "You are not signed in, or your session ended after a pause."
    return _ways(request, desk, "Please sign in", sentence)


@read.post("/sign-in")
def sign_in_locally(
    request: Request, desk: TheDesk, typed: Annotated[Typed, Depends()]
) -> Response:
    """Begin a session with name, password and code."""
    attempt = Attempt(
        name=typed.name,
        password=typed.password,
        code=typed.code,
        address=client_address(request),
        browser=cookie_of(request, desk, "browser"),
        former=cookie_of(request, desk),
    )
    try:
        opened = sign_in(desk, attempt)
    except TooOften as refused:
        response = _ways(request, desk, "Please wait", refused.reason, status=429)
        response.headers["Retry-After"] = str(refused.retry_after_s)
        return response
    except ServiceError as refused:
        return _ways(request, desk, "That did not fit", refused.reason, status=403)
    response = go(start_of(opened.session.person))
    set_session_cookie(response, opened.session)
    set_browser_cookie(response, opened.browser, secure=opened.session.secure)
    return response


@read.post("/sign-in/provider")
def leave_for_provider(
    request: Request, desk: TheDesk, *, again: Annotated[bool, Form()] = False
) -> Response:
    """Go to the identity provider. A page that goes on: a form may only lead to ourselves."""
    departure = depart(desk, address=client_address(request), again=again)
    response = page(
        request,
        "sign_in_goes_on.html",
        heading="On to your organisation’s sign-in",
        href=departure.address,
    )
    response.headers["Refresh"] = f"0; url={departure.address}"
    set_visit_cookie(response, departure.browser, secure=desk.settings.secure_cookies)
    return response


@read.get("/sign-in/provider/return")
def return_from_provider(request: Request, desk: TheDesk) -> Response:
    """Begin the session of whom the provider names."""
    given = request.query_params
    back = Return(
        state=given.get("state", ""),
        code=given.get("code", ""),
        issuer=given.get("iss"),
        browser=cookie_of(request, desk, "visit"),
        former=cookie_of(request, desk),
    )
    try:
        session = come_back(desk, back)
    except ServiceError as refused:
        return _ways(request, desk, "You are not signed in", refused.reason, status=403)
    start = start_of(session.person)
    response = page(request, "sign_in_goes_on.html", heading="You are signed in", href=start)
    response.headers["Refresh"] = f"0; url={start}"
    set_session_cookie(response, session)
    return response


@read.get("/sign-in/{token}")
def show_button(request: Request, desk: TheDesk, token: str) -> Response:
    """The page with the one button."""
    if not link_is_usable(desk, token):
        return _refused(request, desk)
    return page(request, "sign_in.html")


@read.post("/sign-in/{token}")
def use_link(request: Request, desk: TheDesk, token: str) -> Response:
    """Use the link up and begin a session."""
    rate, group = desk.settings.sign_in_address_rate, address_group(client_address(request))
    check_rate(desk, rate, "address", group)
    try:
        session = use_sign_in_link(desk, token, former=cookie_of(request, desk))
    except ServiceError:
        return _refused(request, desk)
    response = go(start_of(session.person))
    set_session_cookie(response, session)
    return response


@change.post("/sign-out")
def leave(request: Request, desk: TheDesk, who: Who) -> Response:
    """End the session."""
    sign_out(desk, who)
    sentence = "Letters that you claimed stay yours until their time runs out."
    response = _ways(request, desk, "You are signed out", sentence)
    clear_session_cookie(response)
    return response


def _refused(request: Request, desk: Desk) -> Response:
    return _ways(request, desk, "This link does not work any more", _USED, status=403)


def _ways(
    request: Request, desk: Desk, heading: str, sentence: str, *, status: int = 200
) -> Response:
    """The page with every way to sign in that there is here."""
    return page(
        request,
        "sign_in_needed.html",
        status=status,
        heading=heading,
        sentence=sentence,
        by_password=desk.settings.local_accounts,
        by_provider=desk.provider is not None,
    )
