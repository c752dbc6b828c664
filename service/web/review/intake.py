"""
Step 1 by hand: bringing in a letter as a file or as pasted text.

Contract: the file name is not kept, it may hold a name. What was refused stands in the form again.
"""

from typing import Annotated

from fastapi import Depends, Request, UploadFile
from fastapi.responses import Response

from anonymizer.model import Channel
from service import actions
from service.actions import IncomingLetter
from service.web.review.desk_forms import BroughtIn, as_direction
from service.web.review.pages import Message, go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.security import SignedIn
from service.workflow.errors import BadRequest
from service.workflow.people import check_may_upload

read = reading()
change = changing()


@read.get("/review/new")
def show_form(request: Request, who: Who) -> Response:
    """The form to bring in a letter."""
    check_may_upload(who.person)
    return _shown(request, who)


@change.post("/review/new")
def bring_in(
    request: Request,
    desk: TheDesk,
    who: Who,
    said: Annotated[BroughtIn, Depends()],
    file: UploadFile | None = None,
) -> Response:
    """Take the letter in; the service drafts it in the background."""
    check_may_upload(who.person)
    try:
        content = said.content(file)
    except BadRequest as refused:
        return _shown(request, who, said=said, refused=refused.reason)
    incoming = IncomingLetter(
        content=content,
        channel=Channel.UPLOAD,
        direction=as_direction(said.direction),
        cover_number=said.cover_number.strip() or None,
        is_typed=bool(said.text.strip()),
    )
    received = actions.receive_letter(desk, who.person, incoming=incoming)
    return go(letter_path(received.letter_id, said="received"))


def _shown(
    request: Request, who: SignedIn, *, said: BroughtIn | None = None, refused: str = ""
) -> Response:
    return page(
        request,
        "new.html",
        who,
        status=422 if refused else 200,
        said=said or BroughtIn(),
        message=Message(text=refused, tone="stop") if refused else None,
    )
