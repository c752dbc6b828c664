"""
Step 8: the steps of a proofreader on the letter page: decide, mark, resize, rewrite, undo, redo.

Contract: every form carries the version that was on the screen; a stale one changes nothing and
leads back to the letter as it is now. Words to mark that do not stand in the letter stay in their
field, under the reason. A step that makes something readable again that the machine
took out is asked once: a page lists it, and the same form comes back with `asked`.
"""

from dataclasses import dataclass, fields
from typing import Annotated, Any, Protocol

from fastapi import Depends, Form, Request
from fastapi.responses import Response

from anonymizer.model import Span, TreatmentAction
from service import actions
from service.actions.views import LetterView
from service.web.review.forms import STEPS, Decision, Missed, Resized, Suggested
from service.web.review.letter_page import next_open
from service.web.review.letters import shown_letter
from service.web.review.pages import go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing
from service.workflow.corrections import Correction
from service.workflow.errors import BadRequest, StaleVersion, Uncovers

change = changing()

Version = Annotated[int, Form()]
#: So many code points around a passage are shown when a person is asked about it.
_AROUND = 40


class StepForm(Protocol):
    """A form of the letter page: what was on the screen, and the corrections it means."""

    @property
    def version(self) -> int:
        """The version of the letter that was on the screen."""
        ...

    def corrections(self, view: LetterView) -> tuple[Correction, ...]:
        """The corrections that the form means in the letter."""
        ...


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a step: the corrections that were made, or the answer to give instead."""

    view: LetterView
    corrections: tuple[Correction, ...] = ()
    answer: Response | None = None


@change.post("/review/letters/{letter_id}/decide")
def decide_passage(
    request: Request,
    desk: TheDesk,
    who: Who,
    letter_id: str,
    decision: Annotated[Decision, Depends()],
) -> Response:
    """Remove, generalise, keep, rename or rewrite one passage, or all with the same words."""
    taken = _take(request, desk, who, letter_id, decision)
    if taken.answer is not None:
        return taken.answer
    before = next(one for one in taken.view.findings if one.finding_id == decision.finding)
    # from an open passage on to the next one; a decided one stays in view, to look at it
    at = before.start
    if before.action is TreatmentAction.SUGGEST:
        decided = {one.finding_id for one in taken.corrections}
        at = next_open(taken.view, after=at, but=decided)
    return _done(letter_id, taken, said=STEPS[decision.step][1], at=at)


@change.post("/review/letters/{letter_id}/resize")
def resize_passage(
    request: Request,
    desk: TheDesk,
    who: Who,
    letter_id: str,
    resized: Annotated[Resized, Depends()],
) -> Response:
    """Move the edges of a passage, or of all with the same words."""
    taken = _take(request, desk, who, letter_id, resized)
    if taken.answer is not None:
        return taken.answer
    here = next(one for one in taken.corrections if one.finding_id == resized.finding)
    return _done(letter_id, taken, said="resized", at=here.start)


@change.post("/review/letters/{letter_id}/accept")
def decide_suggestions(
    request: Request,
    desk: TheDesk,
    who: Who,
    letter_id: str,
    suggested: Annotated[Suggested, Depends()],
) -> Response:
    """Decide every open suggestion, or those of one kind, in one step."""
    taken = _take(request, desk, who, letter_id, suggested)
    return taken.answer or _done(letter_id, taken, said=suggested.said)


@change.post("/review/letters/{letter_id}/mark")
def mark_missed(
    request: Request,
    desk: TheDesk,
    who: Who,
    letter_id: str,
    missed: Annotated[Missed, Depends()],
) -> Response:
    """Mark a passage that the machine missed, and all that read like it."""
    try:
        taken = _take(request, desk, who, letter_id, missed)
    except BadRequest as refused:
        # the words stay in their field, to be corrected
        view = actions.open_letter(desk, who.person, letter_id=letter_id)
        return shown_letter(request, who, view, missed=missed, refused=refused.reason)
    if taken.answer is not None:
        return taken.answer
    said = "rewritten" if missed.instead.strip() else "marked"
    return _done(letter_id, taken, said=said, at=taken.corrections[0].start)


@change.post("/review/letters/{letter_id}/undo")
def undo(desk: TheDesk, who: Who, letter_id: str, version: Version) -> Response:
    """Take back the last step."""
    try:
        actions.undo_last(desk, who.person, letter_id=letter_id, version=version)
    except StaleVersion:
        return _stale(letter_id)
    return go(letter_path(letter_id, said="undone"))


@change.post("/review/letters/{letter_id}/redo")
def redo(desk: TheDesk, who: Who, letter_id: str, version: Version) -> Response:
    """Make the step again that was taken back last."""
    try:
        actions.redo_next(desk, who.person, letter_id=letter_id, version=version)
    except StaleVersion:
        return _stale(letter_id)
    return go(letter_path(letter_id, said="redone"))


def _done(letter_id: str, taken: Taken, *, said: str, at: int | None = None) -> Response:
    """Back to the letter, with how many passages the step took in where it was several."""
    count = len(taken.corrections)
    return go(letter_path(letter_id, at=at, said=said, n=count if count > 1 else None))


def _take(request: Request, desk: TheDesk, who: Who, letter_id: str, form: StepForm) -> Taken:
    """Make the corrections of a form, or say what stands in the way."""
    view = actions.open_letter(desk, who.person, letter_id=letter_id)
    corrections = form.corrections(view) if view.version == form.version else ()
    if not corrections:
        return Taken(view=view, answer=_stale(letter_id))
    try:
        actions.correct(
            desk,
            who.person,
            letter_id=letter_id,
            version=form.version,
            corrections=corrections,
            asked=getattr(form, "asked", False),
        )
    except StaleVersion:
        return Taken(view=view, answer=_stale(letter_id))
    except Uncovers as uncovers:
        return Taken(view=view, answer=_ask(request, who, view, form, uncovers.spans))
    return Taken(view=view, corrections=corrections)


def _ask(
    request: Request, who: Who, view: LetterView, form: StepForm, spans: tuple[Span, ...]
) -> Response:
    """The page that lists what becomes readable, with the form to send once more."""
    text = view.text or ""
    shown = [
        (
            text[max(0, one.start - _AROUND) : one.start],
            text[one.start : one.end],
            text[one.end : one.end + _AROUND],
        )
        for one in spans
    ]
    return page(
        request,
        "uncover.html",
        who,
        view=view,
        action=request.url.path,
        shown=shown,
        at=spans[0].start,
        fields=tuple(_fields(form)),
    )


def _fields(form: Any) -> list[tuple[str, str]]:
    """What the form was sent with; what it left out stays out."""
    values = [(one.name, getattr(form, one.name)) for one in fields(form)]
    kept = [(name, value) for name, value in values if name != "asked" and value not in (None, "")]
    return [
        (name, "true" if value is True else str(value))
        for name, value in kept
        if value is not False
    ]


def _stale(letter_id: str) -> Response:
    return go(letter_path(letter_id, said="stale"))
