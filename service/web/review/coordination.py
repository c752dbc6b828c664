"""
Step 2 by hand: the allocation desk, and the list of dispatches.

Contract: for coordinators; donor numbers are shown here because comparing them is the work. They
stand in no address. What was refused stands in the form again.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import Response

from service import actions
from service.actions.reading import recipients_of
from service.web.review.desk_forms import Allocation, as_direction
from service.web.review.pages import Message, go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.errors import BadRequest, StaleVersion
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
def show_allocation(request: Request, desk: TheDesk, who: Who) -> Response:
    """Letters without a certain case, each with the numbers seen and the cases that come near."""
    return _shown_allocation(request, desk, who)


# before the path with an id, which would take it for one
@change.post("/review/allocation/find")
def find(
    request: Request, desk: TheDesk, who: Who, find: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Look a case up; a form, so that no number stands in an address."""
    return _shown_allocation(request, desk, who, find=find.strip())


@change.post("/review/allocation/{letter_id}")
def allocate(
    request: Request,
    desk: TheDesk,
    who: Who,
    letter_id: str,
    form: Annotated[Allocation, Depends()],
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
    except BadRequest as refused:
        typed = {letter_id: form}
        return _shown_allocation(request, desk, who, typed=typed, refused=refused.reason)
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
        recipients=recipients_of(desk, who.person, (*stuck, *sent)),
        failed=S.DISPATCH_FAILED,
        may_stop=may(who.person, Permission.STOP_SENDING),
    )


def _shown_allocation(
    request: Request,
    desk: TheDesk,
    who: Who,
    *,
    find: str = "",
    typed: Mapping[str, Allocation] = MappingProxyType({}),
    refused: str = "",
) -> Response:
    """The desk; `typed` is what was in the form of a letter that was refused."""
    return page(
        request,
        "allocation.html",
        who,
        status=422 if refused else 200,
        items=actions.list_allocation(desk, who.person),
        find=find,
        found=actions.find_cases(desk, who.person, query=find) if find else (),
        reasons=ALLOCATION_REASONS,
        typed=typed,
        untyped=Allocation(version=0),
        refused=refused,
        message=Message(text=refused, tone="stop") if refused else None,
    )
