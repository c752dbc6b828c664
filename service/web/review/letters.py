"""
Step 8: the letter page, and the final read before approval. `steps` has the forms of the page.

Contract: nothing is decided here; what can be decided is asked from the view.
"""

from fastapi import Request
from fastapi.responses import Response

from service import actions
from service.actions.views import LetterView
from service.web.review import words
from service.web.review.desk_forms import Translation
from service.web.review.forms import Missed
from service.web.review.letter_page import letter_page
from service.web.review.pages import Message, page
from service.web.review.routing import TheDesk, Who, reading
from service.web.review.trail import entries
from service.workflow.people import may_save_cases, may_see_audit

read = reading()


@read.get("/review/letters/{letter_id}")
def show_letter(
    request: Request, desk: TheDesk, who: Who, letter_id: str, at: int | None = None
) -> Response:
    """Both texts of a letter, its passages, and what can be decided."""
    view = actions.open_letter(desk, who.person, letter_id=letter_id)
    return shown_letter(request, who, view, at=at)


@read.get("/review/letters/{letter_id}/final")
def show_final(request: Request, desk: TheDesk, who: Who, letter_id: str) -> Response:
    """The outgoing text alone, as the reader gets it, before a person approves it."""
    view = actions.open_letter(desk, who.person, letter_id=letter_id)
    return page(request, "final.html", who, page=letter_page(view))


def shown_letter(
    request: Request,
    who: Who,
    view: LetterView,
    *,
    at: int | None = None,
    missed: Missed | None = None,
    translation: Translation | None = None,
    refused: str = "",
) -> Response:
    """The page of a letter; `missed` and `translation` are what was typed, where it was refused."""
    return page(
        request,
        "letter.html",
        who,
        status=422 if refused else 200,
        message=Message(text=refused, tone="stop") if refused else None,
        page=letter_page(view, at=at),
        missed=missed,
        translation=translation.text if translation else None,
        words=words,
        history=entries(view.history[::-1]),
        may_see_audit=may_see_audit(who.person),
        may_save_cases=may_save_cases(who.person),
    )
