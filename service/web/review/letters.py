"""
Step 8: the letter page, the final read before approval, and decisions about passages.

Contract: every form carries the version that was on the screen; a stale one changes nothing and
leads back to the letter as it is now.
"""

from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import Response

from anonymizer.model import TreatmentAction
from service import actions
from service.actions.desk import Desk
from service.actions.views import LetterView
from service.web.review import words
from service.web.review.forms import STEPS, Decision, Missed, accept_all, as_kind
from service.web.review.letter_page import letter_page, next_open
from service.web.review.pages import go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.review.trail import entries
from service.workflow.corrections import Correction
from service.workflow.errors import StaleVersion
from service.workflow.people import Person, may_save_cases, may_see_audit

read = reading()
change = changing()

Version = Annotated[int, Form()]


@read.get("/review/letters/{letter_id}")
def show_letter(
    request: Request, desk: TheDesk, who: Who, letter_id: str, at: int | None = None
) -> Response:
    """Both texts of a letter, its passages, and what can be decided."""
    view = actions.open_letter(desk, who.person, letter_id=letter_id)
    return page(
        request,
        "letter.html",
        who,
        page=letter_page(view, at=at),
        words=words,
        history=entries(view.history[::-1]),
        may_see_audit=may_see_audit(who.person),
        may_save_cases=may_save_cases(who.person),
    )


@read.get("/review/letters/{letter_id}/final")
def show_final(request: Request, desk: TheDesk, who: Who, letter_id: str) -> Response:
    """The outgoing text alone, as the reader gets it, before a person approves it."""
    view = actions.open_letter(desk, who.person, letter_id=letter_id)
    return page(request, "final.html", who, page=letter_page(view))


@change.post("/review/letters/{letter_id}/decide")
def decide_passage(
    desk: TheDesk, who: Who, letter_id: str, decision: Annotated[Decision, Depends()]
) -> Response:
    """Remove, generalise, keep or rename one passage, or all with the same words."""
    view = actions.open_letter(desk, who.person, letter_id=letter_id)
    before = next((one for one in view.findings if one.finding_id == decision.finding), None)
    corrections = () if view.version != decision.version else decision.corrections(view)
    if not _correct(desk, who.person, view, decision.version, corrections) or before is None:
        return go(letter_path(letter_id, said="stale"))
    # from an open passage on to the next one; a decided one stays in view, to look at it
    at = before.start
    if before.action is TreatmentAction.SUGGEST:
        decided = {one.finding_id for one in corrections}
        at = next_open(view, after=at, but=decided)
    return go(letter_path(letter_id, at=at, said=STEPS[decision.step][1]))


@change.post("/review/letters/{letter_id}/accept")
def accept_suggestions(
    desk: TheDesk, who: Who, letter_id: str, version: Version, kind: Annotated[str, Form()]
) -> Response:
    """Take out every open suggestion of one kind."""
    view = actions.open_letter(desk, who.person, letter_id=letter_id)
    corrections = accept_all(view, as_kind(kind))
    if not _correct(desk, who.person, view, version, corrections):
        return go(letter_path(letter_id, said="stale"))
    return go(letter_path(letter_id, said="removed"))


@change.post("/review/letters/{letter_id}/mark")
def mark_missed(
    desk: TheDesk, who: Who, letter_id: str, missed: Annotated[Missed, Depends()]
) -> Response:
    """Mark a passage that the machine missed, and all that read like it."""
    view = actions.open_letter(desk, who.person, letter_id=letter_id)
    corrections = () if view.version != missed.version else missed.corrections(view)
    if not _correct(desk, who.person, view, missed.version, corrections):
        return go(letter_path(letter_id, said="stale"))
    return go(letter_path(letter_id, at=corrections[0].start, said="marked"))


@change.post("/review/letters/{letter_id}/undo")
def undo(desk: TheDesk, who: Who, letter_id: str, version: Version) -> Response:
    """Take back the last step."""
    try:
        actions.undo_last(desk, who.person, letter_id=letter_id, version=version)
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return go(letter_path(letter_id, said="undone"))


def _correct(
    desk: Desk,
    person: Person,
    view: LetterView,
    version: int,
    corrections: tuple[Correction, ...],
) -> bool:
    """Whether the corrections were made; False when the page was out of date."""
    if not corrections:
        return False
    try:
        actions.correct(
            desk, person, letter_id=view.letter_id, version=version, corrections=corrections
        )
    except StaleVersion:
        return False
    return True
