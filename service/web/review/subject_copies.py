"""
Copies of what is held about one side of a case, for that person: asked for, confirmed, fetched.

Contract: for coordinators, two of them. The file names no case and nobody.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from anonymizer.model import Side
from service.actions.subject_access import (
    confirm_proposed_copy,
    fetch_copy,
    list_copies,
    propose_copy,
    withdraw_proposed_copy,
)
from service.web.review.pages import Message, attempt, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.errors import BadRequest, IllegalTransition, NotAllowed

read = reading()
change = changing()


@read.get("/review/cases/{case_id}/copies")
def show_copies(request: Request, desk: TheDesk, who: Who, case_id: str) -> Response:
    """Every copy that was asked for."""
    return _shown(request, desk, who, case_id)


@change.post("/review/cases/{case_id}/copies")
def propose(
    request: Request,
    desk: TheDesk,
    who: Who,
    case_id: str,
    side: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """The first of two people."""

    def act() -> None:
        try:
            whose = Side(side)
        except ValueError:
            message = "Choose whose copy it is: the donor's or the patient's."
            raise BadRequest(message) from None
        propose_copy(desk, who.person, case_id=case_id, side=whose)

    return _attempt(request, desk, who, case_id, act, said="proposed")


@change.post("/review/cases/{case_id}/copies/{copy_id}/confirm")
def confirm(request: Request, desk: TheDesk, who: Who, case_id: str, copy_id: str) -> Response:
    """The second of two people."""

    def act() -> None:
        confirm_proposed_copy(desk, who.person, case_id=case_id, copy_id=copy_id)

    return _attempt(request, desk, who, case_id, act, said="copy-confirmed")


@change.post("/review/cases/{case_id}/copies/{copy_id}/withdraw")
def withdraw(request: Request, desk: TheDesk, who: Who, case_id: str, copy_id: str) -> Response:
    """The request is taken back."""

    def act() -> None:
        withdraw_proposed_copy(desk, who.person, case_id=case_id, copy_id=copy_id)

    return _attempt(request, desk, who, case_id, act, said="withdrawn")


@change.post("/review/cases/{case_id}/copies/{copy_id}/fetch")
def fetch(request: Request, desk: TheDesk, who: Who, case_id: str, copy_id: str) -> Response:
    """The copy, once."""
    try:
        content = fetch_copy(desk, who.person, case_id=case_id, copy_id=copy_id)
    except (IllegalTransition, NotAllowed) as refused:
        return _shown(request, desk, who, case_id, refused=refused.reason)
    name = f'attachment; filename="copy-{copy_id[:12]}.json"'
    headers = {"Content-Disposition": name, "Content-Security-Policy": "sandbox"}
    return Response(content, media_type="application/json", headers=headers)


def _attempt(
    request: Request, desk: TheDesk, who: Who, case_id: str, act: Callable[[], None], *, said: str
) -> Response:
    return attempt(
        act,
        lambda refused: _shown(request, desk, who, case_id, refused=refused),
        to=f"/review/cases/{case_id}/copies?said={said}",
    )


def _shown(
    request: Request, desk: TheDesk, who: Who, case_id: str, *, refused: str = ""
) -> Response:
    return page(
        request,
        "copies.html",
        who,
        status=409 if refused else 200,
        copies=list_copies(desk, who.person, case_id=case_id),
        case_id=case_id,
        sides={Side.DONOR: "donor", Side.PATIENT: "patient"},
        message=Message(text=refused, tone="stop") if refused else None,
    )
