"""
A poor scan: its page images beside what the machine read, and a person types the letter.

Contract: an image is one that we have drawn, served as a picture and nothing else, to people who
may read letters; the file itself is never shown in a page. What was typed stays in its field when
a note is saved, or when anything is refused.
"""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from service import actions
from service.actions.desk import Desk
from service.actions.transcribing import TranscriptionPage
from service.web.review.desk_forms import Transcription
from service.web.review.file_words import pieces_of
from service.web.review.pages import MESSAGES, Message, go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.security import SignedIn
from service.workflow.errors import (
    BadRequest,
    IllegalTransition,
    NotAllowed,
    NotReady,
    StaleVersion,
)
from service.workflow.people import Permission, may

read = reading()
change = changing()


@read.get("/review/letters/{letter_id}/transcription")
def show_transcription(request: Request, desk: TheDesk, who: Who, letter_id: str) -> Response:
    """The page images and the text to be corrected."""
    found = actions.open_transcription(desk, who.person, letter_id=letter_id)
    return _shown(request, who, found)


@change.post("/review/letters/{letter_id}/transcription")
def transcribe(
    request: Request,
    desk: TheDesk,
    who: Who,
    letter_id: str,
    typed: Annotated[Transcription, Depends()],
) -> Response:
    """Let the typed text be the letter; a note that was begun beside it is kept first."""
    try:
        if typed.note.strip():
            typed = _note_kept(desk, who, letter_id, typed)
        actions.transcribe_letter(
            desk, who.person, letter_id=letter_id, version=typed.version, text=typed.text
        )
    except StaleVersion:
        return _as_it_is_now(request, desk, who, letter_id, typed)
    except BadRequest as refused:
        found = actions.open_transcription(desk, who.person, letter_id=letter_id)
        return _shown(request, who, found, typed=typed, message=_stop(refused))
    return go(letter_path(letter_id, said="transcribed"))


@change.post("/review/letters/{letter_id}/transcription/note")
def write_note(
    request: Request,
    desk: TheDesk,
    who: Who,
    letter_id: str,
    typed: Annotated[Transcription, Depends()],
) -> Response:
    """Write a note for colleagues; the text that was typed meanwhile stays, and is not saved."""
    # asked before the note is kept: who may not type here gets an answer that nothing was done
    actions.open_transcription(desk, who.person, letter_id=letter_id)
    message = MESSAGES["noted-typing"]
    try:
        typed = _note_kept(desk, who, letter_id, typed)
    except BadRequest as refused:
        message = _stop(refused)
    # with the version that was on the screen: a note makes no older page a newer one
    found = actions.open_transcription(desk, who.person, letter_id=letter_id)
    return _shown(request, who, found, typed=typed, message=message)


@read.get("/review/letters/{letter_id}/pages/{number}")
def show_page_image(desk: TheDesk, who: Who, letter_id: str, number: int) -> Response:
    """A page of the scan as a picture; `SecurityHeaders` forbids to guess and to keep it."""
    image = actions.page_image(desk, who.person, letter_id=letter_id, number=number)
    return Response(
        image.content,
        media_type=image.media_type,
        headers={"Cache-Control": "no-store", "Content-Disposition": "inline"},
    )


def _note_kept(desk: Desk, who: SignedIn, letter_id: str, typed: Transcription) -> Transcription:
    """Keep the note; the form without it."""
    actions.write_note(desk, who.person, letter_id=letter_id, text=typed.note)
    return replace(typed, note="")


def _as_it_is_now(
    request: Request, desk: Desk, who: SignedIn, letter_id: str, typed: Transcription
) -> Response:
    """After a change by somebody else: what was typed, over the letter as it is now."""
    try:
        found = actions.open_transcription(desk, who.person, letter_id=letter_id)
    except (IllegalTransition, NotAllowed, NotReady):
        return go(letter_path(letter_id, said="stale"))
    typed = replace(typed, version=found.version)
    return _shown(request, who, found, typed=typed, message=MESSAGES["stale-typing"])


def _stop(refused: BadRequest) -> Message:
    return Message(text=refused.reason, tone="stop")


def _shown(
    request: Request,
    who: SignedIn,
    found: TranscriptionPage,
    *,
    typed: Transcription | None = None,
    message: Message | None = None,
) -> Response:
    """The page; what was `typed` stands in its fields."""
    return page(
        request,
        "transcription.html",
        who,
        status=422 if message and message.tone == "stop" else 200,
        message=message,
        found=replace(found, version=typed.version, text=typed.text) if typed else found,
        note=typed.note if typed else "",
        may_note=may(who.person, Permission.WRITE_NOTES),
        pieces=pieces_of(found.file),
        images=[one for one in found.file.pictures if one.page_image and one.is_page],
    )
