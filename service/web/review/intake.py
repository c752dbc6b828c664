"""
Step 1 by hand: bringing in a letter as a file or as pasted text.

Contract: the file name is not kept, it may hold a name.
"""

from typing import Annotated

from fastapi import Depends, Request, UploadFile
from fastapi.responses import Response

from anonymizer.model import Channel
from service import actions
from service.actions import IncomingLetter
from service.web.review.desk_forms import BroughtIn, as_direction
from service.web.review.pages import go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.errors import BadRequest
from service.workflow.people import check_may_upload

read = reading()
change = changing()


@read.get("/review/new")
def show_form(request: Request, who: Who) -> Response:
    """The form to bring in a letter."""
    check_may_upload(who.person)
    return page(request, "new.html", who)


@change.post("/review/new")
def bring_in(
    desk: TheDesk,
    who: Who,
    said: Annotated[BroughtIn, Depends()],
    file: UploadFile | None = None,
) -> Response:
    """Take the letter in; the service drafts it in the background."""
    content = file.file.read() if file is not None else b""
    if not content and not said.text.strip():
        message = "Choose a file or paste the text of the letter."
        raise BadRequest(message)
    incoming = IncomingLetter(
        content=content or said.text.encode("utf-8"),
        channel=Channel.UPLOAD,
        direction=as_direction(said.direction),
        cover_number=said.cover_number.strip() or None,
        is_typed=not content,
    )
    received = actions.receive_letter(desk, who.person, incoming=incoming)
    return go(letter_path(received.letter_id, said="received"))
