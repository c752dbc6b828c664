"""
What writers are told, letters that go back, and letters that wait too long.

Contract: the text for a writer is on the screen before it goes, and what goes is what was in the
form, for the reason that the text was shown for; nothing is sent from here.
"""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from anonymizer.notices import RETURN_KINDS
from service import actions
from service.actions.correspondence_views import ReturnPage
from service.actions.desk import Desk
from service.actions.returning import LONGEST_NOTICE
from service.web.review.desk_forms import Asked, Giving, Return, as_kind_of_return
from service.web.review.pages import go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.review.words import NOTICES
from service.web.security import SignedIn
from service.workflow.errors import BadRequest, NotAllowed, StaleVersion

read = reading()
change = changing()

NEW_TEXT = (
    "The letter was not returned yet: you chose another reason or language. Below is the text for "
    "it. Please read it, then return the letter."
)
KEPT_TEXT = (
    "The letter was not returned, and your own text is kept below: please see that it fits the "
    "reason and the language. For the usual text empty the field and press “Show this text”."
)


@read.get("/review/letters/{letter_id}/return")
def show_return(
    request: Request, desk: TheDesk, who: Who, letter_id: str, asked: Annotated[Asked, Depends()]
) -> Response:
    """Why a letter goes back, and the text for its writer, to be changed before it goes."""
    shown = actions.prepare_return(
        desk,
        who.person,
        letter_id=letter_id,
        kind=as_kind_of_return(asked.kind),
        language=asked.language,
    )
    return _return_page(request, who, shown)


@change.post("/review/letters/{letter_id}/return")
def return_to_writer(
    request: Request, desk: TheDesk, who: Who, letter_id: str, form: Annotated[Return, Depends()]
) -> Response:
    """Send the letter back with the text of the form, once that was shown for its reason."""
    kind = form.returned
    if form.show or not form.is_of_the_text:
        return _other_text(request, desk, who, letter_id, form)
    try:
        actions.return_to_writer(
            desk,
            who.person,
            letter_id=letter_id,
            version=form.version,
            kind=kind,
            language=form.language,
            text=form.text,
            reason=": ".join(part for part in (NOTICES[kind], form.own.strip()) if part),
        )
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    except BadRequest as refused:
        shown = actions.prepare_return(
            desk, who.person, letter_id=letter_id, kind=kind, language=form.language
        )
        return _return_page(
            request, who, replace(shown, text=form.text), own=form.own, problem=refused.reason
        )
    return go("/review?said=returned")


def _other_text(
    request: Request, desk: Desk, who: SignedIn, letter_id: str, form: Return
) -> Response:
    """The page with the text for another reason; the person's own words are never taken away."""
    shown = actions.prepare_return(
        desk, who.person, letter_id=letter_id, kind=form.returned, language=form.language
    )
    if shown.version != form.version:
        return go(letter_path(letter_id, said="stale"))
    if not shown.may:
        raise NotAllowed(shown.may.reason)
    before = actions.prepare_return(
        desk,
        who.person,
        letter_id=letter_id,
        kind=as_kind_of_return(form.of_kind),
        language=form.of_language,
    )
    if not form.is_unchanged(before.text):
        return _return_page(
            request, who, replace(shown, text=form.text), own=form.own, problem=KEPT_TEXT
        )
    problem = None if form.show else NEW_TEXT
    return _return_page(request, who, shown, own=form.own, problem=problem)


def _return_page(
    request: Request,
    who: SignedIn,
    shown: ReturnPage,
    *,
    own: str = "",
    problem: str | None = None,
) -> Response:
    return page(
        request,
        "return.html",
        who,
        status=422 if problem else 200,
        shown=shown,
        own=own,
        kinds=RETURN_KINDS,
        longest=LONGEST_NOTICE,
        problem=problem,
    )


@read.get("/review/letters/{letter_id}/notices")
def show_notices(request: Request, desk: TheDesk, who: Who, letter_id: str) -> Response:
    """What the writer of a letter was told, and when."""
    shown = actions.open_notices(desk, who.person, letter_id=letter_id)
    return page(request, "notices.html", who, shown=shown)


@change.post("/review/letters/{letter_id}/notices")
def write_notices(desk: TheDesk, who: Who, letter_id: str) -> Response:
    """Write what is due, for a writer whom the staff tells."""
    actions.make_notices(desk, who.person, letter_id=letter_id)
    return go(letter_path(letter_id, "/notices", said="noticed"))


@change.post("/review/letters/{letter_id}/notices/given")
def give_out(
    desk: TheDesk, who: Who, letter_id: str, giving: Annotated[Giving, Depends()]
) -> Response:
    """A notice has left the house."""
    actions.give_notice_out(desk, who.person, letter_id=letter_id, notice_id=giving.notice)
    return go(letter_path(letter_id, "/notices", said="given-out"))


@read.get("/review/waiting")
def show_waiting(request: Request, desk: TheDesk, who: Who) -> Response:
    """Letters that wait too long, the oldest first; apart from them, those that are kept."""
    rows = actions.list_waiting_too_long(desk, who.person)
    return page(request, "waiting.html", who, rows=rows, kept=actions.list_kept(desk, who.person))


@change.post("/review/letters/{letter_id}/receipt")
def record_receipt(desk: TheDesk, who: Who, letter_id: str) -> Response:
    """The recipient has the letter."""
    actions.record_receipt(desk, who.person, letter_id=letter_id)
    return go("/review/waiting?said=receipt")
