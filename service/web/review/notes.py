"""Notes between colleagues, and which letters are urgent."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import Response

from service import actions
from service.web.review.desk_forms import Version
from service.web.review.pages import go, letter_path
from service.web.review.routing import TheDesk, Who, changing
from service.workflow.errors import StaleVersion

change = changing()


@change.post("/review/letters/{letter_id}/notes")
def write(
    desk: TheDesk, who: Who, letter_id: str, text: Annotated[str, Form(max_length=5000)] = ""
) -> Response:
    """Write a note; it changes nothing about the letter."""
    actions.write_note(desk, who.person, letter_id=letter_id, text=text)
    return go(letter_path(letter_id, said="noted"))


@change.post("/review/letters/{letter_id}/urgent")
def make_urgent(
    desk: TheDesk, who: Who, letter_id: str, version: Version, urgent: Annotated[str, Form()] = ""
) -> Response:
    """Let the letter go before older ones, or no longer."""
    yes = urgent == "yes"
    try:
        actions.set_urgent(desk, who.person, letter_id=letter_id, version=version, urgent=yes)
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return go(letter_path(letter_id, said="urgent" if yes else "not-urgent"))
