"""
A picture of the file: boxes drawn over it, a look at the result, approval by hand.

Contract: what is shown are images that we have drawn; boxes are numbers in a form, which a script
may fill in from the mouse. An approval carries the digest of the picture that was on the screen.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from service import actions
from service.web.review.pages import go, letter_path, page
from service.web.review.picture_forms import Boxes, Chosen, Withdrawn, rows_of
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.errors import StaleVersion
from service.workflow.pictures import PictureSort

read = reading()
change = changing()

_PATH = "/review/letters/{letter_id}/pictures/{number}"


@read.get(_PATH)
def show_picture(
    request: Request, desk: TheDesk, who: Who, letter_id: str, number: int
) -> Response:
    """The picture, its boxes, and what became of it."""
    found = actions.open_picture(desk, who.person, letter_id=letter_id, number=number)
    return page(
        request, "picture.html", who, found=found, sorts=PictureSort, rows=rows_of(found.made)
    )


@read.get(_PATH + "/made")
def show_made_picture(desk: TheDesk, who: Who, letter_id: str, number: int) -> Response:
    """The picture as it would leave; nobody guesses what it is and no browser keeps it."""
    image = actions.made_picture(desk, who.person, letter_id=letter_id, number=number)
    headers = {"Cache-Control": "no-store", "Content-Disposition": "inline"}
    return Response(image.content, media_type=image.media_type, headers=headers)


@change.post(_PATH + "/make")
def make_picture(
    desk: TheDesk, who: Who, letter_id: str, number: int, drawn: Annotated[Boxes, Depends()]
) -> Response:
    """Burn the boxes in."""
    try:
        actions.make_picture(
            desk,
            who.person,
            letter_id=letter_id,
            version=drawn.version,
            number=number,
            sort=drawn.chosen_sort,
            boxes=drawn.boxes,
        )
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return _back(letter_id, number, "picture-made")


@change.post(_PATH + "/approve")
def approve_picture(
    desk: TheDesk, who: Who, letter_id: str, number: int, chosen: Annotated[Chosen, Depends()]
) -> Response:
    """Let the picture that was on the screen go with the letter."""
    try:
        actions.approve_picture(
            desk,
            who.person,
            letter_id=letter_id,
            version=chosen.version,
            number=number,
            digest=chosen.digest,
            looked=chosen.looked,
        )
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return _back(letter_id, number, "picture-goes")


@change.post(_PATH + "/withdraw")
def withdraw_picture(
    desk: TheDesk, who: Who, letter_id: str, number: int, withdrawn: Annotated[Withdrawn, Depends()]
) -> Response:
    """The picture stays here."""
    try:
        actions.withdraw_picture(
            desk, who.person, letter_id=letter_id, version=withdrawn.version, number=number
        )
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return _back(letter_id, number, "picture-stays")


def _back(letter_id: str, number: int, said: str) -> RedirectResponse:
    return go(letter_path(letter_id, f"/pictures/{number}", said=said))
