"""
A poor scan: its page images beside what the machine read, and a person types the letter.

Contract: an image is one that we have drawn, served as a picture and nothing else, to people who
may read letters; the file itself is never shown in a page.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from service import actions
from service.web.review.desk_forms import Transcription
from service.web.review.file_words import pieces_of
from service.web.review.pages import go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.errors import StaleVersion

read = reading()
change = changing()


@read.get("/review/letters/{letter_id}/transcription")
def show_transcription(request: Request, desk: TheDesk, who: Who, letter_id: str) -> Response:
    """The page images and the text to be corrected."""
    found = actions.open_transcription(desk, who.person, letter_id=letter_id)
    return page(
        request,
        "transcription.html",
        who,
        found=found,
        pieces=pieces_of(found.file),
        images=[one for one in found.file.pictures if one.page_image and one.is_page],
    )


@change.post("/review/letters/{letter_id}/transcription")
def transcribe(
    desk: TheDesk, who: Who, letter_id: str, typed: Annotated[Transcription, Depends()]
) -> Response:
    """Let the typed text be the letter."""
    try:
        actions.transcribe_letter(
            desk, who.person, letter_id=letter_id, version=typed.version, text=typed.text
        )
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return go(letter_path(letter_id, said="transcribed"))


@read.get("/review/letters/{letter_id}/pages/{number}")
def show_page_image(desk: TheDesk, who: Who, letter_id: str, number: int) -> Response:
    """A page of the scan as a picture; `SecurityHeaders` forbids to guess and to keep it."""
    image = actions.page_image(desk, who.person, letter_id=letter_id, number=number)
    return Response(
        image.content,
        media_type=image.media_type,
        headers={"Cache-Control": "no-store", "Content-Disposition": "inline"},
    )
