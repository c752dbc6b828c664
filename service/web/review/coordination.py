"""
Step 2 by hand: the allocation desk, and the list of dispatches.

Contract: for coordinators; donor numbers are shown here because comparing them is the work.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from service import actions
from service.web.review.desk_forms import Allocation, as_direction
from service.web.review.pages import go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.errors import StaleVersion
from service.workflow.people import Permission, may
from service.workflow.states import LetterState as S

read = reading()
change = changing()

ALLOCATION_REASONS = (
    "The number on the cover is right",
    "The number in the letter is right, mistyped by a digit",
    "The registry confirmed the case",
)


@read.get("/review/allocation")
def show_allocation(request: Request, desk: TheDesk, who: Who, find: str = "") -> Response:
    """Letters without a certain case, each with the numbers seen and the cases that come near."""
    items = actions.list_allocation(desk, who.person)
    found = actions.find_cases(desk, who.person, query=find.strip()) if find.strip() else ()
    return page(
        request,
        "allocation.html",
        who,
        items=items,
        find=find,
        found=found,
        reasons=ALLOCATION_REASONS,
    )


@change.post("/review/allocation/{letter_id}")
def allocate(
    desk: TheDesk, who: Who, letter_id: str, form: Annotated[Allocation, Depends()]
) -> Response:
    """Say which case a letter belongs to, and why."""
    try:
        actions.allocate_letter(
            desk,
            who.person,
            letter_id=letter_id,
            version=form.version,
            case_id=form.case,
            reason=form.why,
            direction=as_direction(form.direction),
        )
    except StaleVersion:
        return go("/review/allocation?said=stale")
    return go("/review/allocation?said=allocated")


@read.get("/review/dispatch")
def show_dispatch(request: Request, desk: TheDesk, who: Who) -> Response:
    """What waits to be sent, what could not be sent, and what was sent."""
    # what could not be sent stands on top, however much was sent since
    stuck = actions.list_queue(
        desk,
        who.person,
        states=frozenset({S.APPROVED, S.DISPATCH_FAILED}),
        latest_first=True,
    )
    sent = actions.list_queue(desk, who.person, states=frozenset({S.DISPATCHED}), latest_first=True)
    return page(
        request,
        "dispatch.html",
        who,
        rows=(*stuck, *sent),
        failed=S.DISPATCH_FAILED,
        may_stop=may(who.person, Permission.STOP_SENDING),
    )
