"""
Four eyes: passing a letter to a senior, and settling what two readings of it differ in.

Contract: every form carries the version that was on the screen; a stale one changes nothing.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from service import actions
from service.actions.comparing import compare_readings
from service.actions.desk import Desk
from service.actions.views import LetterView
from service.web.review.desk_forms import Verdict, Version
from service.web.review.pages import go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.errors import BadRequest, StaleVersion
from service.workflow.people import Person
from service.workflow.readings import Phase, Reader
from service.workflow.states import LetterState

read = reading()
change = changing()

_CHOICE = "choice-"
_DONE = frozenset({LetterState.APPROVED, LetterState.DISPATCHED})


async def chosen(request: Request) -> dict[int, Reader]:
    """Which reading was chosen for each difference; the fields are named by their numbers."""
    found: dict[int, Reader] = {}
    for name, value in (await request.form()).items():
        number = name.removeprefix(_CHOICE)
        if name.startswith(_CHOICE) and number.isascii() and number.isdigit():
            if value not in set(Reader):
                message = "Choose one of the two readings for each difference."
                raise BadRequest(message)
            found[int(number)] = Reader(str(value))
    return found


@read.get("/review/letters/{letter_id}/readings")
def show_readings(request: Request, desk: TheDesk, who: Who, letter_id: str) -> Response:
    """Where the two readings differ, side by side."""
    compared = compare_readings(desk, who.person, letter_id=letter_id)
    return page(request, "readings.html", who, page=compared)


@change.post("/review/letters/{letter_id}/readings")
def settle(
    desk: TheDesk,
    who: Who,
    letter_id: str,
    version: Version,
    choices: Annotated[dict[int, Reader], Depends(chosen)],
) -> Response:
    """Settle every difference, then read the letter once more as it goes out."""
    try:
        actions.settle_readings(
            desk, who.person, letter_id=letter_id, version=version, choices=choices
        )
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return go(letter_path(letter_id, "/final", said="settled"))


@change.post("/review/letters/{letter_id}/readings/again")
def take_up_again(desk: TheDesk, who: Who, letter_id: str, version: Version) -> Response:
    """Take the second reading up again."""
    try:
        actions.read_again(desk, who.person, letter_id=letter_id, version=version)
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return go(letter_path(letter_id, said="read-again"))


@change.post("/review/letters/{letter_id}/senior")
def pass_on(
    desk: TheDesk, who: Who, letter_id: str, verdict: Annotated[Verdict, Depends()]
) -> Response:
    """Pass the letter to a senior proofreader."""
    try:
        actions.pass_to_senior(
            desk, who.person, letter_id=letter_id, version=verdict.version, reason=verdict.why
        )
    except StaleVersion:
        return go(letter_path(letter_id, said="stale"))
    return go("/review?said=passed-on")


def after_approval(desk: Desk, person: Person, letter_id: str) -> str:
    """Where an approval leads: on, to the second reader, or to what both readings differ in."""
    view = actions.open_letter(desk, person, letter_id=letter_id)
    return _after_reading(view) or "/review?said=approved"


def after_double_click(desk: Desk, person: Person, letter_id: str, digest: str) -> str | None:
    """Where the same approval led that came a moment before; None when there was none."""
    view = actions.open_letter(desk, person, letter_id=letter_id)
    if view.state in _DONE and view.digest == digest:
        return "/review?said=approved"
    own = view.claimed_by_me or (
        view.readings is not None and view.readings.first_reader == person.name
    )
    return _after_reading(view) if own else None


def _after_reading(view: LetterView) -> str | None:
    if view.state is LetterState.SECOND_READING:
        return "/review?said=read-first"
    if view.readings is not None and view.readings.phase is Phase.DIFFERING:
        return letter_path(view.letter_id, "/readings", said="differs")
    return None
