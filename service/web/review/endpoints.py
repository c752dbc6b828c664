"""
The directory of how recipients are reached, and the switch that stops all sending.

Contract: for coordinators. Who proposed an address cannot confirm it; nothing here names a letter.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from service.actions.desk import Desk
from service.actions.endpoint_checks import answer_endpoint_check, ask_endpoint_again
from service.actions.endpoints import (
    confirm_proposed_endpoint,
    list_endpoints,
    propose_endpoint,
    withdraw_proposed_endpoint,
)
from service.actions.sending import pause_sending, resume_sending
from service.web.review.desk_forms import AddressForm, Short
from service.web.review.pages import Message, attempt, go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.security import SignedIn
from service.workflow.errors import IllegalTransition

read = reading()
change = changing()

_HERE = "/review/endpoints"


@read.get("/review/endpoints")
def show_endpoints(request: Request, desk: TheDesk, who: Who) -> Response:
    """Every entry, with who proposed and who confirmed it."""
    return _shown(request, desk, who)


@change.post("/review/endpoints")
def propose(
    request: Request, desk: TheDesk, who: Who, form: Annotated[AddressForm, Depends()]
) -> Response:
    """The first of two people."""

    def act() -> None:
        propose_endpoint(desk, who.person, endpoint=form.endpoint)

    return _attempt(request, desk, who, act, said="proposed", form=form)


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
    request: Request,
    desk: Desk,
    who: SignedIn,
    act: Callable[[], None],
    *,
    said: str,
    form: AddressForm | None = None,
) -> Response:
    """Act and go back to the list; what was wrong stands on top of it, with what was typed."""
    return attempt(
        act,
        lambda refused: _shown(request, desk, who, form=form, refused=refused),
        to=f"{_HERE}?said={said}",
    )


def _shown(
    request: Request,
    desk: Desk,
    who: SignedIn,
    *,
    form: AddressForm | None = None,
    refused: str = "",
) -> Response:
    entries = list_endpoints(desk, who.person)
    message = Message(text=refused, tone="stop") if refused else None
    return page(
        request,
        "endpoints.html",
        who,
        status=409 if refused else 200,
        entries=entries,
        delay=desk.settings.endpoint_delay_h,
        form=form or AddressForm(),
        message=message,
    )
