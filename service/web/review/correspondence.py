"""
What writers are told, letters that go back, and letters that wait too long.

Contract: the text for a writer is on the screen before it goes, and what goes is what was in the
form; nothing is sent from here.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from anonymizer.notices import RETURN_KINDS
from service import actions
from service.actions.returning import LONGEST_NOTICE
from service.web.review.desk_forms import Asked, Giving, Return, as_kind_of_return
from service.web.review.pages import go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.review.words import NOTICES
from service.workflow.errors import BadRequest, StaleVersion

read = reading()
change = changing()


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
    return page(
        request,
        "return.html",
        who,
        shown=shown,
        text=shown.text,
        own="",
        kinds=RETURN_KINDS,
        longest=LONGEST_NOTICE,
        problem=None,
    )


@change.post("/review/letters/{letter_id}/return")
def return_to_writer(
    request: Request, desk: TheDesk, who: Who, letter_id: str, form: Annotated[Return, Depends()]
) -> Response:
    """Send the letter back with the text of the form."""
    kind = form.returned
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
        return page(
            request,
            "return.html",
            who,
            status=422,
            shown=shown,
            text=form.text,
            own=form.own,
            kinds=RETURN_KINDS,
            longest=LONGEST_NOTICE,
            problem=refused.reason,
        )
    return go("/review?said=returned")


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
