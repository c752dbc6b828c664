"""
Signing in by a one-time link, and signing out.

Contract: opening the link uses nothing up (mail scanners open links); only the button does.
"""

from fastapi import Request
from fastapi.responses import Response

from service.web.review.pages import go, page, start_of
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.security import (
    clear_session_cookie,
    link_is_usable,
    set_session_cookie,
    sign_out,
    use_sign_in_link,
)
from service.workflow.errors import ServiceError

read = reading()
change = changing()

_USED = "This sign-in link was used already, or its time is over."


@read.get("/sign-in")
def ask_for_link(request: Request) -> Response:
    """Where a person without a session ends up."""
    return page(
        request,
        "sign_in_needed.html",
        heading="Please sign in",
        sentence="You are not signed in, or your session ended after a pause.",
    )


@read.get("/sign-in/{token}")
def show_button(request: Request, desk: TheDesk, token: str) -> Response:
    """The page with the one button."""
    if not link_is_usable(desk, token):
        return _refused(request)
    return page(request, "sign_in.html")


@read.post("/sign-in/{token}")
def sign_in(request: Request, desk: TheDesk, token: str) -> Response:
    """Use the link up and begin a session."""
    try:
        session = use_sign_in_link(desk, token)
    except ServiceError:
        return _refused(request)
    response = go(start_of(session.person))
    set_session_cookie(response, session)
    return response


@change.post("/sign-out")
def leave(request: Request, desk: TheDesk, who: Who) -> Response:
    """End the session."""
    sign_out(desk, who)
    response = page(
        request,
        "sign_in_needed.html",
        heading="You are signed out",
        sentence="Letters that you claimed stay yours until their time runs out.",
    )
    clear_session_cookie(response)
    return response


def _refused(request: Request) -> Response:
    return page(
        request,
        "sign_in_needed.html",
        status=403,
        heading="This link does not work any more",
        sentence=_USED,
    )
