"""
The directory of how recipients are reached, and the switch that stops all sending.

Contract: for coordinators. Who proposed an address cannot confirm it; nothing here names a letter.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from service.actions.endpoint_checks import answer_endpoint_check, ask_endpoint_again
from service.actions.endpoints import (
    confirm_proposed_endpoint,
    list_endpoints,
    propose_endpoint,
    withdraw_proposed_endpoint,
)
from service.actions.sending import pause_sending, resume_sending
from service.web.review.desk_forms import Short, Text
from service.web.review.pages import Message, attempt, go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.errors import BadRequest, IllegalTransition

read = reading()
change = changing()

Pinned = Annotated[str, Form(max_length=20_000)]
_HERE = "/review/endpoints"


@read.get("/review/endpoints")
def show_endpoints(request: Request, desk: TheDesk, who: Who) -> Response:
    """Every entry, with who proposed and who confirmed it."""
    return _shown(request, desk, who)


@change.post("/review/endpoints")
def propose(  # noqa: PLR0917 - one argument per field of the form
    request: Request,
    desk: TheDesk,
    who: Who,
    recipient: Short = "",
    kind: Short = "",
    address: Text = "",
    pinned: Pinned = "",
) -> Response:
    """The first of two people."""

    def act() -> None:
        try:
            channel = ChannelKind(kind)
        except ValueError:
            message = "Choose the way: folder, mail or SFTP."
            raise BadRequest(message) from None
        endpoint = Endpoint(
            recipient_id=recipient, version=0, kind=channel, address=address, pinned=pinned
        )
        propose_endpoint(desk, who.person, endpoint=endpoint)

    return _attempt(request, desk, who, act, said="proposed")


@change.post("/review/endpoints/{endpoint_id}/confirm")
def confirm(request: Request, desk: TheDesk, who: Who, endpoint_id: str) -> Response:
    """The second of two people."""

    def act() -> None:
        confirm_proposed_endpoint(desk, who.person, endpoint_id=endpoint_id)

    return _attempt(request, desk, who, act, said="endpoint-confirmed")


@change.post("/review/endpoints/{endpoint_id}/withdraw")
def withdraw(request: Request, desk: TheDesk, who: Who, endpoint_id: str) -> Response:
    """The proposal is taken back."""

    def act() -> None:
        withdraw_proposed_endpoint(desk, who.person, endpoint_id=endpoint_id)

    return _attempt(request, desk, who, act, said="withdrawn")


@change.post("/review/endpoints/{endpoint_id}/answer")
def answer(
    request: Request, desk: TheDesk, who: Who, endpoint_id: str, code: Short = ""
) -> Response:
    """The recipient told the code that was sent to the address."""

    def act() -> None:
        answer_endpoint_check(desk, who.person, endpoint_id=endpoint_id, code=code)

    return _attempt(request, desk, who, act, said="endpoint-answered")


@change.post("/review/endpoints/{endpoint_id}/ask")
def ask(request: Request, desk: TheDesk, who: Who, endpoint_id: str) -> Response:
    """The code is sent once more."""

    def act() -> None:
        ask_endpoint_again(desk, who.person, endpoint_id=endpoint_id)

    return _attempt(request, desk, who, act, said="endpoint-asked")


@change.post("/review/dispatch/stop")
def stop(desk: TheDesk, who: Who) -> Response:
    """Nothing leaves from now on."""
    pause_sending(desk, who.person)
    return go("/review/dispatch?said=sending-stopped")


@change.post("/review/dispatch/resume")
def resume(desk: TheDesk, who: Who) -> Response:
    """Letters leave again."""
    try:
        resume_sending(desk, who.person)
    except IllegalTransition:
        return go("/review/dispatch")
    return go("/review/dispatch?said=sending-resumed")


def _attempt(
    request: Request, desk: TheDesk, who: Who, act: Callable[[], None], *, said: str
) -> Response:
    """Act and go back to the list; what was wrong stands on top of it."""
    return attempt(
        act,
        lambda refused: _shown(request, desk, who, refused=refused),
        to=f"{_HERE}?said={said}",
    )


def _shown(request: Request, desk: TheDesk, who: Who, *, refused: str = "") -> Response:
    entries = list_endpoints(desk, who.person)
    message = Message(text=refused, tone="stop") if refused else None
    return page(
        request,
        "endpoints.html",
        who,
        status=409 if refused else 200,
        entries=entries,
        delay=desk.settings.endpoint_delay_h,
        message=message,
    )
