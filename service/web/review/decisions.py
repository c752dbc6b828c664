"""
Step 9: what a person decides about a whole letter: claim, approve, return, hold and back again.

Contract: an approval carries the digest of the outgoing text that was on the screen. A second
click on the same approval finds the letter approved and says so, it does not act again. A
translation that is refused stands in its field again.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import Response

from service import actions
from service.actions.desk import Desk
from service.actions.drafting_again import draft_again
from service.web.review.desk_forms import Approval, Translation, Verdict, Version
from service.web.review.letters import shown_letter
from service.web.review.pages import MESSAGES, go, letter_path
from service.web.review.queue import claim_one
from service.web.review.readings import after_approval, after_double_click
from service.web.review.routing import TheDesk, Who, changing
from service.workflow.errors import (
    BadRequest,
    IllegalTransition,
    NotAllowed,
    NotReady,
    StaleVersion,
)
from service.workflow.people import Person

change = changing()

TheVerdict = Annotated[Verdict, Depends()]

#: Where a letter leads that is done, and the notice when the next one is shown instead.
_NEXT = {"/review?said=approved": "approved-next", "/review?said=read-first": "read-first-next"}


@change.post("/review/letters/{letter_id}/claim")
def claim(desk: TheDesk, who: Who, letter_id: str, version: Version) -> Response:
    """Take this letter."""
    return _attempt(
        letter_id,
        lambda: actions.claim_letter(desk, who.person, letter_id=letter_id, version=version),
        letter_path(letter_id, said="claimed"),
    )


@change.post("/review/letters/{letter_id}/release")
def release(desk: TheDesk, who: Who, letter_id: str, version: Version) -> Response:
    """Give the letter back to the queue."""
    return _attempt(
        letter_id,
        lambda: actions.release_claim(desk, who.person, letter_id=letter_id, version=version),
        "/review?said=released",
    )


@change.post("/review/letters/{letter_id}/draft")
def redraft(desk: TheDesk, who: Who, letter_id: str, version: Version) -> Response:
    """Have the letter drafted again with the words of the site as they are now."""
    return _attempt(
        letter_id,
        lambda: draft_again(desk, who.person, letter_id=letter_id, version=version),
        letter_path(letter_id, said="drafting-again"),
    )


@change.post("/review/letters/{letter_id}/approve")
def approve(
    desk: TheDesk, who: Who, letter_id: str, approval: Annotated[Approval, Depends()]
) -> Response:
    """Approve exactly the text that was on the screen."""
    approval.check()
    try:
        actions.approve_letter(
            desk,
            who.person,
            letter_id=letter_id,
            version=approval.version,
            digest=approval.digest,
            beside=approval.beside,
        )
    except (StaleVersion, IllegalTransition, NotAllowed, NotReady) as refused:
        if before := after_double_click(desk, who.person, letter_id, approval.digest):
            # the first click has claimed the next letter already
            return go("/review?tab=mine" if approval.next and before in _NEXT else before)
        if not isinstance(refused, StaleVersion):
            raise
        return go(letter_path(letter_id, said="stale"))
    path = after_approval(desk, who.person, letter_id)
    return go(_next_letter(desk, who.person, path) if approval.next else path)


@change.post("/review/letters/{letter_id}/hold")
def hold(desk: TheDesk, who: Who, letter_id: str, verdict: TheVerdict) -> Response:
    """Put the letter on hold."""
    return _attempt(
        letter_id,
        lambda: actions.hold_letter(
            desk,
            who.person,
            letter_id=letter_id,
            version=verdict.version,
            reason=verdict.why,
        ),
        "/review?said=held",
    )


@change.post("/review/letters/{letter_id}/reopen")
def reopen(desk: TheDesk, who: Who, letter_id: str, verdict: TheVerdict) -> Response:
    """Put a letter that was stopped back on its way."""
    return _attempt(
        letter_id,
        lambda: actions.reopen_letter(
            desk,
            who.person,
            letter_id=letter_id,
            version=verdict.version,
            reason=verdict.why,
        ),
        letter_path(letter_id, said="reopened"),
    )


@change.post("/review/letters/{letter_id}/language")
def release_language(desk: TheDesk, who: Who, letter_id: str, verdict: TheVerdict) -> Response:
    """Let a letter through although its language was not admitted."""
    return _attempt(
        letter_id,
        lambda: actions.resolve_language_hold(
            desk,
            who.person,
            letter_id=letter_id,
            version=verdict.version,
            reason=verdict.why,
        ),
        letter_path(letter_id, said="language"),
    )


@change.post("/review/letters/{letter_id}/rules/check")
def check_rules(desk: TheDesk, who: Who, letter_id: str, version: Version) -> Response:
    """Draft a letter again that the rules of the exchange hold."""
    return _attempt(
        letter_id,
        lambda: actions.recheck_exchange(desk, who.person, letter_id=letter_id, version=version),
        letter_path(letter_id, said="checked"),
    )


@change.post("/review/letters/{letter_id}/rules/release")
def release_from_rules(
    desk: TheDesk, who: Who, letter_id: str, verdict: TheVerdict, seal: Annotated[str, Form()]
) -> Response:
    """Let a letter go on although the rules hold it, for exactly the reasons on the screen."""
    try:
        actions.release_exchange(
            desk,
            who.person,
            letter_id=letter_id,
            version=verdict.version,
            seal=seal,
            reason=verdict.why,
        )
    except StaleVersion:
        return go(letter_path(letter_id, said="rules-stale"))
    return go(letter_path(letter_id, said="rules-released"))


@change.post("/review/letters/{letter_id}/rules/hold")
def give_to_rules(desk: TheDesk, who: Who, letter_id: str, version: Version) -> Response:
    """Hand a letter in review that the rules hold by now to the coordinators."""
    return _attempt(
        letter_id,
        lambda: actions.give_to_exchange_desk(
            desk, who.person, letter_id=letter_id, version=version
        ),
        "/review?said=rules-held",
    )


@change.post("/review/letters/{letter_id}/translation")
def translate(
    request: Request,
    desk: TheDesk,
    who: Who,
    letter_id: str,
    translation: Annotated[Translation, Depends()],
) -> Response:
    """Put a translation in the letter's place; the former text stays to be read."""
    try:
        actions.translate_letter(
            desk,
            who.person,
            letter_id=letter_id,
            version=translation.version,
            content=translation.content,
        )
    except BadRequest as refused:
        reason = refused.reason
    except StaleVersion:
        reason = MESSAGES["stale"].text
    else:
        return go(letter_path(letter_id, said="translated"))
    view = actions.open_letter(desk, who.person, letter_id=letter_id)
    if not view.may.translate:
        # no field to keep the text in: the letter as it is now says why
        return go(letter_path(letter_id, said="stale"))
    return shown_letter(request, who, view, translation=translation, refused=reason)


def _next_letter(desk: Desk, person: Person, path: str) -> str:
    """The next letter, claimed, in the place of the queue; `path` where none is free."""
    letter_id = claim_one(desk, person) if path in _NEXT else None
    return letter_path(letter_id, said=_NEXT[path]) if letter_id else path


def _attempt(letter_id: str, act: Callable[[], object], path: str) -> Response:
    """Act and go on; when the page was out of date, back to the letter as it is now."""
    try:
        act()
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return go(path)
